# A page on 8080 that shows its title.
echo "web: starting"
mkdir -p /tmp/www
echo "<!doctype html><title>$TITLE</title><h1>$TITLE</h1>" >/tmp/www/index.html
echo ok >/tmp/www/health
trap 'exit 0' TERM
httpd -f -p 8080 -h /tmp/www &
wait $!
