"""When a pair is handed over and in which state: requests, schedules and delivery laws."""
