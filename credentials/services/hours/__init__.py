"""Use cases of hours: publishing rules, balances with reasons, figures over many persons, exports."""
