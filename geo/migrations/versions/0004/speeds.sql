-- Recorded positions on the roads and the speeds measured from them.
SELECT 1;
