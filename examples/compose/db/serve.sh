# Stands for a database: healthy on 8080 once it has its password.
echo "db: starting"
mkdir -p /tmp/www
[ -n "$DB_PASSWORD" ] && echo ok >/tmp/www/health
trap 'exit 0' TERM
httpd -f -p 8080 -h /tmp/www &
wait $!
