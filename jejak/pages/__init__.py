"""Pages of people: the learner's own. They use the services of the credential module as whoever is signed in."""
