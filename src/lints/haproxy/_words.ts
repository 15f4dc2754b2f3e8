/**
 * Words that HAProxy knows, by where they stand. Facts about HAProxy, printed by `haproxy -dKcfg` of
 * 2.6, 3.0 and 3.2; those that it does not print were shown to 2.2, 2.6 and 3.2.
 * @module
 */

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}

/** First words of the lines of `global`; those with `tune.` are not among them. */
export const GLOBAL: ReadonlySet<string> = words(
  "51degrees-data-file acme.scheduler anonkey busy-polling ca-base chroot close-spread-time " +
    "cpu-map cpu-policy cpu-set crt-base daemon debug default-path description " +
    "deviceatlas-json-file dns-accept-family expose-deprecated-directives " +
    "expose-experimental-directives external-check fd-hard-limit force-cfg-parser-pause gid " +
    "grace group h1-accept-payload-with-any-method h1-case-adjust h1-case-adjust-file " +
    "h1-do-not-close-on-insecure-transfer-encoding hard-stop-after " +
    "harden.reject-privileged-ports.quic harden.reject-privileged-ports.tcp http-err-codes " +
    "http-fail-codes httpclient.resolvers.disabled httpclient.resolvers.id " +
    "httpclient.resolvers.prefer httpclient.retries httpclient.ssl.ca-file " +
    "httpclient.ssl.verify httpclient.timeout.connect insecure-fork-wanted " +
    "insecure-setuid-wanted issuers-chain-path key-base limited-quic localpeer log " +
    "log-send-hostname log-tag lua-load lua-load-per-thread lua-prepend-path master-worker " +
    "maxcompcpuusage maxcomprate maxconn maxconnrate maxpipes maxsessrate maxsslconn " +
    "maxsslrate maxzlibmem mworker-max-reloads mworker-prevent-hup nbthread " +
    "no-memory-trimming no-quic node noepoll noevports nogetaddrinfo nokqueue nopoll " +
    "noreuseport nosplice numa-cpu-mapping ocsp-update.disable ocsp-update.httpproxy " +
    "ocsp-update.maxdelay ocsp-update.mindelay ocsp-update.mode pidfile pp2-never-send-local " +
    "prealloc-fd presetenv profiling.tasks quiet resetenv server-state-base server-state-file " +
    "set-dumpable set-var set-var-fmt setcap setenv shm-stats-file spread-checks " +
    "ssl-dh-param-file ssl-engine ssl-load-extra-del-ext ssl-load-extra-files ssl-mode-async " +
    "ssl-propquery ssl-provider ssl-provider-path ssl-security-level ssl-server-verify " +
    "ssl-skip-self-issued-ca stats stats-file stress-level strict-limits thread-group " +
    "thread-groups thread-hard-limit trace uid ulimit-n unix-bind unsetenv user " +
    "warn-blocked-traffic-after wurfl-data-file zero-warning",
);

/** First words of the lines of `defaults`, `frontend`, `backend` and `listen`. */
export const PROXY: ReadonlySet<string> = words(
  "acl backlog balance bind capture clitcpka-cnt clitcpka-idle clitcpka-intvl compression " +
    "cookie declare default default-server default_backend description disabled dispatch " +
    "email-alert enabled error-log-format errorfile errorfiles errorloc errorloc302 " +
    "errorloc303 external-check filter force-persist fullconn guid hash-balance-factor " +
    "hash-preserve-affinity hash-type http-after-response http-check http-error http-request " +
    "http-response http-reuse http-send-name-header id ignore-persist " +
    "load-server-state-from-file log log-format log-format-sd log-steps log-tag " +
    "max-keep-alive-queue max-session-srv-conns maxconn mode monitor monitor-uri no option " +
    "persist quic-initial rate-limit retries retry-on server server-state-file-name " +
    "server-template source srvtcpka-cnt srvtcpka-idle srvtcpka-intvl ssl-f-use stats stick " +
    "stick-table tcp-check tcp-request tcp-response timeout unique-id-format unique-id-header " +
    "use-fcgi-app use-server use_backend",
);

/** What follows `option`. */
export const OPTIONS: ReadonlySet<string> = words(
  "abortonclose accept-invalid-http-request accept-invalid-http-response " +
    "accept-unsafe-violations-in-http-request accept-unsafe-violations-in-http-response " +
    "allbackups checkcache clitcpka contstats disable-h2-upgrade dontlog-normal dontlognull " +
    "external-check forwarded forwardfor h1-case-adjust-bogus-client " +
    "h1-case-adjust-bogus-server http-buffer-request http-drop-request-trailers " +
    "http-drop-response-trailers http-ignore-probes http-keep-alive http-no-delay " +
    "http-pretend-keepalive http-restrict-req-hdr-names http-server-close " +
    "http-use-proxy-header httpchk httpclose httplog httpslog idle-close-on-response " +
    "independent-streams ldap-check log-health-checks log-separate-errors logasap mysql-check " +
    "nolinger originalto persist pgsql-check prefer-last-server redis-check redispatch " +
    "smtpchk socket-stats splice-auto splice-request splice-response spop-check srvtcpka " +
    "ssl-hello-chk tcp-check tcp-smart-accept tcp-smart-connect tcpka tcplog transparent",
);

/** Words behind the address of a `server` that stand alone. */
export const SERVER_FLAGS: ReadonlySet<string> = words(
  "agent-check allow-0rtt backup check check-reuse-pool check-send-proxy check-ssl " +
    "check-via-socks4 disabled enabled force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 " +
    "force-tlsv13 no-agent-check no-backup no-check no-check-reuse-pool no-check-send-proxy " +
    "no-check-ssl no-send-proxy no-send-proxy-v2 no-send-proxy-v2-ssl no-send-proxy-v2-ssl-cn " +
    "no-ssl no-ssl-reuse no-sslv3 no-tfo no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 " +
    "no-tlsv13 non-stick send-proxy send-proxy-v2 send-proxy-v2-ssl send-proxy-v2-ssl-cn " +
    "set-proxy-v2-tlv-fmt ssl ssl-reuse stick strict-maxconn tfo tls-tickets usesrc",
);

/** Words behind the address of a `server` that a value follows. */
export const SERVER_VALUES: ReadonlySet<string> = words(
  "addr agent-addr agent-inter agent-port agent-send alpn ca-file check-alpn " +
    "check-pool-conn-name check-proto check-sni ciphers ciphersuites client-sigalgs cookie " +
    "crl-file crt curves downinter error-limit fall fastinter guid hash-key id idle-ping " +
    "init-addr init-state inter log-bufsize log-proto max-reuse maxconn maxqueue minconn " +
    "namespace npn observe on-error on-marked-down on-marked-up pool-conn-name pool-low-conn " +
    "pool-max-conn pool-purge-delay port proto proxy-v2-options redir resolve-net " +
    "resolve-opts resolve-prefer resolvers rise shard sigalgs slowstart sni socks4 source " +
    "ssl-max-ver ssl-min-ver tcp-ut track verify verifyhost weight ws",
);

/** Words behind the address of a `bind` that stand alone. */
export const BIND_FLAGS: ReadonlySet<string> = words(
  "accept-proxy allow-0rtt defer-accept force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 " +
    "force-tlsv13 generate-certificates no-alpn no-ca-names no-sslv3 no-strict-sni " +
    "no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13 prefer-client-ciphers " +
    "quic-force-retry ssl strict-sni tfo tls-tickets transparent v4v6 v6only",
);

/** Words behind the address of a `bind` that a value follows. */
export const BIND_VALUES: ReadonlySet<string> = words(
  "accept-netscaler-cip alpn backlog ca-file ca-ignore-err ca-sign-file ca-sign-pass " +
    "ca-verify-file ciphers ciphersuites client-sigalgs crl-file crt crt-ignore-err crt-list " +
    "curves default-crt ecdhe expose-fd gid group guid-prefix id idle-ping interface label " +
    "level maxconn mode mss name namespace nbconn nice npn process proto quic-cc-algo " +
    "quic-socket severity-output shards sigalgs ssl-max-ver ssl-min-ver tcp-ut thread " +
    "tls-ticket-keys uid user verify",
);
