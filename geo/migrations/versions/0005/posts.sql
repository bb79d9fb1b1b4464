-- Kilometre posts.
SELECT 1;
