"""Reading the month's attendance, enrolment and seats out of files, and writing them."""
