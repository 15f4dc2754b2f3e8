/**
 * The program that asks the segment: who has an address, who speaks VRRP, and whether protocol 112 and
 * the ports reach this host from its peers. Perl, because a shell has no raw sockets and every Debian
 * has Perl in its base. Text only.
 * @module
 */

/** Seconds that it listens. The default interval of an advert is one of them. */
export const WINDOW_S = 4;

/**
 * Arguments: interface, own address, address asked about, ports with commas between them, how adverts travel (`unicast` or
 * `multicast`), then the addresses of the peers. It writes nothing, and says, a line each:
 *
 * - `neighbor ADDRESS MAC`: who answers for an address;
 * - `advert SOURCE ID ADDRESS,…`: VRRP that was heard on the wire, before any firewall of this host;
 * - `arrived WAY SOURCE`: a packet of a peer that reached the interface;
 * - `passed WAY SOURCE`: one that this host would hand to a daemon;
 * - `port PEER open | refused | silent | rejected PORT`: what a connection to that port of a peer met.
 *
 * Each host sends packets of protocol 112 that no daemon takes for an advert: version 0, router id 0.
 * The way `frame` leaves without passing the firewall of its sender, so that no connection tracking
 * learns of it: a receiver whose firewall lets in answers only does not let it in. The way `packet`
 * leaves as an advert does. A host hears no frame any more once it has sent packets itself.
 */
export const WIRE = String.raw`use strict; use Socket qw(:DEFAULT inet_pton inet_ntop IPPROTO_TCP);
my ($if, $own, $vip, $ports, $way, @peers) = @ARGV;
my $six = $vip =~ /:/; my $family = $six ? AF_INET6 : AF_INET;
my $type = $six ? 0x86dd : 0x0800; my $long = $six ? 16 : 4;
sub bin { inet_pton($family, $_[0]) // die "no address: $_[0]\n" }
sub sys { open my $f, "<", "/sys/class/net/$if/$_[0]" or die "no interface $if\n"; my $l = <$f>; chomp $l; $l }
my $index = sys("ifindex"); my $mac = pack "H12", sys("address") =~ s/://gr;
sub link_to { pack "S n l S C C a8", 17, $_[0], $index, 0, 0, 6, $_[1] }
my $group = bin($six ? "ff02::12" : "224.0.0.18");
my $group_mac = pack "H12", $six ? "333300000012" : "01005e000012";
# What passes here is what a daemon would get.
socket my $in, $family, SOCK_RAW, 112 or die "no raw socket: $!\n";
if ($six) { setsockopt $in, 41, 20, pack("a16 I", $group, $index) }
else { setsockopt $in, 0, 35, pack("a4 a4 l", $group, "\0" x 4, $index) }
# What arrives here has not met the firewall yet. The kernel drops all but protocol 112.
socket my $wire, 17, SOCK_DGRAM, 0 or die "no packet socket: $!\n";
my $code = join "", map { pack "S C C L", @$_ }
  [0x30, 0, 0, $six ? 6 : 9], [0x15, 0, 1, 112], [6, 0, 0, 65535], [6, 0, 0, 0];
my $gap = length pack("P", "x");
setsockopt $wire, 1, 26, pack("S x" . ($gap - 2) . " P", 4, $code) or die "no filter: $!\n";
bind $wire, link_to($type, "") or die "cannot listen on $if: $!\n";
socket my $out, $family, SOCK_RAW, 112 or die "no raw socket: $!\n";
if ($six) { setsockopt $out, 41, 17, pack("I", $index); setsockopt $out, 41, 18, pack("I", 255); setsockopt $out, 41, 16, pack("I", 255) }
else { setsockopt $out, 0, 32, pack("a4 a4 l", "\0" x 4, bin($own), $index); setsockopt $out, 0, 33, pack("I", 255); setsockopt $out, 0, 2, pack("I", 255) }
bind $out, $six ? pack_sockaddr_in6(0, bin($own)) : pack_sockaddr_in(0, bin($own)) or die "no address $own here: $!\n";
sub to { $six ? pack_sockaddr_in6($_[1], $_[0], $_[0] =~ /^\xfe\x80|^\xff/ ? $index : 0) : pack_sockaddr_in($_[1], $_[0]) }
sub payload { "\0\0holdfast-$_[0]" }
sub frame { my ($to) = @_; my $data = payload("frame");
  return pack("N n C C a16 a16", 0x60000000, length $data, 112, 255, bin($own), $to) . $data if $six;
  my $head = pack "C C n n n C C n a4 a4", 0x45, 0xc0, 20 + length $data, 0, 0, 255, 112, 0, bin($own), $to;
  my $sum = 0; $sum += $_ for unpack "n10", $head; $sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
  substr($head, 10, 2) = pack "n", ~$sum & 0xffff; $head . $data }
my (%mac, %said); $| = 1;
sub say_once { my $line = join " ", @_; print "$line\n" unless $said{$line}++ }
sub found { my ($who, $its) = @_; $mac{$who} //= $its; say_once("neighbor", $who, join ":", unpack "(H2)*", $its) }
my $arp; unless ($six) { socket $arp, 17, SOCK_DGRAM, 0 or die "no packet socket: $!\n"; bind $arp, link_to(0x0806, "") }
sub who_has { my ($who, $as) = @_;
  if ($six) { socket my $poke, AF_INET6, SOCK_DGRAM, 0; send $poke, "", 0, to(bin($who), 9); return }
  send $arp, pack("n n C C n a6 a4 a6 a4", 1, 0x0800, 6, 4, 1, $mac, $as, "\0" x 6, bin($who)), 0, link_to(0x0806, "\xff" x 6) }
sub neighbors { return unless $six; for (qx(ip -6 neigh show dev $if)) {
  my ($who, $its) = /^(\S+) .*?lladdr (\S+) .*(?:REACHABLE|DELAY|PROBE)/ or next;
  for (grep { bin($_) eq bin($who) } $vip, @peers) { found($_, pack "H12", $its =~ s/://gr) } } }
system "ip", "-6", "neigh", "flush", "to", $vip, "dev", $if if $six;
my %open; for my $peer (@peers) { for my $port (split /,/, $ports) {
  socket my $s, $family, SOCK_STREAM, 0; fcntl $s, 4, 2048; connect $s, to(bin($peer), $port); $open{"$peer $port"} = $s } }
sub hear { my ($how, $from, $data) = @_; return if $from eq bin($own);
  my $who = inet_ntop($family, $from);
  if ($data =~ /^\0\0holdfast-(frame|packet)/) { say_once($how, $1, $who) unless $1 eq "frame" && $said{answered} }
  elsif ($how eq "arrived" && length $data >= 8 && (ord($data) & 15) == 1) { my ($id, $count) = unpack "x C x C", $data;
    say_once("advert", $who, $id, join ",", map { inet_ntop($family, $_) } grep { length == $long } unpack "x8 (a$long)$count", $data) } }
# Perl's base has no finer clock.
sub uptime { open my $f, "<", "/proc/uptime" or die "no /proc/uptime\n"; (split " ", <$f>)[0] }
my ($since, $next, $last, $asked) = (uptime(), 0, ${WINDOW_S}, 0);
while ((my $now = uptime() - $since) < $last) {
  if ($now >= $next) { $next = $now + 0.2;
    if ($asked++ < 3) { who_has($vip, "\0" x 4); who_has($_, bin($own)) for @peers }
    neighbors();
    my @to = $way eq "multicast" ? [$group, $group_mac] : map { [bin($_), $mac{$_}] } @peers;
    if ($now < 2.4) { for (@to) { my ($to, $its) = @$_; send $wire, frame($to), 0, link_to($type, $its) if defined $its } }
    elsif ($now < 3.1) { $said{answered} = 1; send $out, payload("packet"), 0, to($$_[0], 0) for @to } }
  my $bits = ""; vec($bits, fileno $_, 1) = 1 for grep { defined } $in, $wire, $arp;
  select $bits, undef, undef, 0.05;
  if (vec $bits, fileno $in, 1) { my $from = recv $in, my $data, 2048, 0;
    if ($six) { hear("passed", (unpack_sockaddr_in6($from))[1], $data) }
    else { hear("passed", substr($data, 12, 4), substr $data, 4 * (ord($data) & 15)) } }
  if (vec $bits, fileno $wire, 1) { recv $wire, my $data, 2048, 0;
    hear("arrived", substr($data, $six ? 8 : 12, $long), substr $data, $six ? 40 : 4 * (ord($data) & 15)) }
  if ($arp && vec $bits, fileno $arp, 1) { recv $arp, my $data, 2048, 0;
    my ($op, $its, $who) = unpack "x6 n a6 a4", $data; $who = inet_ntop(AF_INET, $who);
    found($who, $its) if $its ne $mac && grep { $_ eq $who } $vip, @peers } }
for (sort keys %open) { my ($peer, $port) = split; my $s = $open{$_}; my $bits = ""; vec($bits, fileno $s, 1) = 1;
  my $is = select(undef, $bits, undef, 0) ? unpack("i", getsockopt $s, SOL_SOCKET, SO_ERROR) : -1;
  print "port $peer ", $is == 0 ? "open" : $is == 111 ? "refused" : $is < 0 ? "silent" : "rejected", " $port\n" }
print "done\n";
`;
