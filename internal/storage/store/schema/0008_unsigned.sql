-- Protocols that wait for a signature, for each doctor's list of what is not done:
-- few among all, and the list is read whenever the doctor's day is shown.

CREATE INDEX protocol_unsigned ON protocol (written) WHERE status = 'draft' AND deleted IS NULL;
