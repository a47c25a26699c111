-- How many requests a second a tenant may make; empty is what is configured for all, 0 is no limit.
ALTER TABLE tenant ADD COLUMN rate_limit integer CHECK (rate_limit BETWEEN 0 AND 1000000);
