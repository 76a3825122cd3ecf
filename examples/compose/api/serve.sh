# Answers on 8080 with the greeting; is healthy only with a number of workers.
echo "api: starting"
mkdir -p /tmp/www
echo "$GREETING" >/tmp/www/index.html
case $WORKERS in
'' | *[!0-9]*) echo "api: WORKERS must be a number, but is '$WORKERS'" >&2 ;;
*)
  echo ok >/tmp/www/health
  echo "api: $WORKERS workers ready"
  ;;
esac
# The first process of a container ends on SIGTERM only if it says so.
trap 'exit 0' TERM
httpd -f -p 8080 -h /tmp/www &
wait $!
