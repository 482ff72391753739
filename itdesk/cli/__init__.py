"""The `itdesk` command: what the screens can do, for scripts, cron and screen readers as well."""
