-- Closures that slow or stop, in one direction or both, with their history.
SELECT 1;
