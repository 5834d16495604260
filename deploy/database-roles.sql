-- Two databases and two roles at PostgreSQL: one that owns the tables and changes them, one for the service.
-- Run it once as the administrator of the server. Each role is known by its certificate, whose common name is the role's
-- (pg_hba.conf: hostssl kikite,kikite_keys kikite,kikite_owner ADDRESS cert), and has no password.
CREATE ROLE kikite_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE ROLE kikite LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE DATABASE kikite OWNER kikite_owner ENCODING 'UTF8' TEMPLATE template0;
CREATE DATABASE kikite_keys OWNER kikite_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE kikite FROM PUBLIC;
REVOKE ALL ON DATABASE kikite_keys FROM PUBLIC;
GRANT CONNECT ON DATABASE kikite TO kikite;
GRANT CONNECT ON DATABASE kikite_keys TO kikite;
