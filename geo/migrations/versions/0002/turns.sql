-- Turn restrictions by way and by vehicle, and barriers on the roads.
SELECT 1;
