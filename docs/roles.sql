-- Two roles for one database. distribute_image_owner migrates it and owns what is in it; distribute_image is what the
-- service runs as: it reads and writes rows, and creates, changes and drops nothing but temporary tables.
--
--   OWNER_PASSWORD=… PASSWORD=… psql -U postgres -d distribute_image -f roles.sql
\getenv owner_password OWNER_PASSWORD
\getenv password PASSWORD

create role distribute_image_owner login password :'owner_password';
create role distribute_image login password :'password';
alter database :"DBNAME" owner to distribute_image_owner;
revoke all on database :"DBNAME" from public;
grant connect, temporary on database :"DBNAME" to distribute_image;
revoke create on schema public from public;
