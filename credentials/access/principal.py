"""Who asks."""

from __future__ import annotations

from dataclasses import dataclass

from credentials.access.roles import Grant, Role


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who signed in.

    `person`: id of the person, "" for an administrator of the server who is not known to be one. `administrator`: the sign-in name of an
    administrator, "" for others. `grants`: those that hold today. `coach`: stands in the register of coaches today. `everywhere`: overseer
    or auditor by being an administrator.
    """

    person: str
    administrator: str = ""
    grants: tuple[Grant, ...] = ()
    coach: bool = False
    everywhere: Role | None = None

    @property
    def actor(self) -> str:
        """As decisions name who decided."""
        return f"person:{self.person}" if self.person else f"administrator:{self.administrator}"

    def identities(self) -> frozenset[str]:
        """Every actor that is this one: an administrator who became known as a person may have acted under both."""
        names = {f"person:{self.person}" if self.person else "", f"administrator:{self.administrator}" if self.administrator else ""}
        return frozenset(names - {""})

    def roles(self) -> frozenset[Role]:
        """All that are held today, wherever."""
        found = {grant.role for grant in self.grants}
        found |= {Role.LEARNER} if self.person else set()
        found |= {Role.COACH} if self.coach else set()
        found |= {self.everywhere} if self.everywhere else set()
        return frozenset(found)
