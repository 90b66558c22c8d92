-- What a flag weighs: fixed when it is raised, from who raised it and why. Flags of before weigh what a new member's do.
ALTER TABLE flags ADD COLUMN weight DOUBLE PRECISION NOT NULL DEFAULT 1;
