#!/usr/bin/env python3
"""Weir beside its peers in one run: interleaved rounds, ratios with their spread, Markdown."""
import argparse, glob, os, pwd, re, shutil, signal, subprocess, sys, tempfile, time

import common
import measure_mysql
from common import HERE, POOL, TOOLS, Proxy, Rounds, as_nobody, await_port, cores_to_pin, cpu, free_port, java, load, machine, rss_mb, \
    say, spawn, started, stop, turns, warm_up

IDLE_CLIENTS = 5000

# --- the database ---


class Postgres:
    def __init__(self, folder):
        self.folder = folder
        self.password = ""
        self.child = None
        bins = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda b: int(b.split("/")[-2]))
        if bins:
            self.own(bins[-1])
        else:
            self.embedded()

    def own(self, bin):
        data = os.path.join(self.folder, "data")
        log = os.path.join(self.folder, "postgres.log")
        os.mkdir(data, 0o700)
        if os.geteuid() == 0:
            who = pwd.getpwnam("nobody")
            os.chown(data, who.pw_uid, who.pw_gid)
        env = dict(os.environ, LC_ALL="C")
        subprocess.run(as_nobody() + [f"{bin}/initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C",
                                      "--no-sync"], check=True, stdout=subprocess.DEVNULL, env=env, cwd="/")
        self.port = free_port()
        self.child = spawn(as_nobody() + [f"{bin}/postgres", "-D", data, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
                                          "-c", f"unix_socket_directories={data}", "-c", "fsync=off", "-c",
                                          "synchronous_commit=off", "-c", "max_connections=200"], log, cwd="/", env=env)
        await_port(self.port, self.child, log)
        self.version = subprocess.run([f"{bin}/postgres", "--version"], capture_output=True, text=True).stdout.strip()
        self.prepare("bench")

    def embedded(self):
        log = os.path.join(self.folder, "postgres.log")
        self.child = spawn([java(), "-cp", f"{common.DIST}/lib/*", f"{HERE}/StartPostgres.java", f"{common.DIST}/embedded"], log,
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        answer = self.child.stdout.readline().split()
        if len(answer) != 2:
            sys.exit("bench: the embedded PostgreSQL did not start; see " + log)
        self.port, self.password = int(answer[0]), answer[1]
        self.version = "PostgreSQL (the embedded one)"
        self.prepare("postgres")

    def prepare(self, superuser):
        env = dict(os.environ, PGPASSWORD=self.password)
        to = ["-h", "127.0.0.1", "-p", str(self.port), "-U", superuser]
        for _ in range(100):  # it listens before it lets anybody in
            if subprocess.run(["psql", *to, "-d", "postgres", "-qc", "SELECT 1"], capture_output=True, env=env).returncode == 0:
                break
            time.sleep(0.1)
        self.user = superuser
        subprocess.run(["psql", *to, "-d", "postgres", "-qc", "CREATE DATABASE bench"], check=True, env=env)
        subprocess.run(["pgbench", *to, "-i", "-s", "1", "-q", "bench"], check=True, capture_output=True, env=env)

    def stop(self):
        if self.child.stdin:
            self.child.stdin.close()
        stop(self.child, signal.SIGINT if not self.child.stdin else signal.SIGTERM)


# --- the proxies ---


def ini(folder, name, listen, port, user, password, extra=""):
    secret = f" password={password}" if password else ""
    target = f"host=127.0.0.1 port={port} dbname=bench user={user}{secret}"
    users = os.path.join(folder, "users.txt")
    with open(users, "w") as f:
        f.write('"bench" ""\n')
    path = os.path.join(folder, name + ".ini")
    with open(path, "w") as f:
        f.write(f"""[databases]
bench = {target}
transaction = {target} pool_mode=transaction
session = {target} pool_mode=session
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
max_client_conn = 8000
default_pool_size = {POOL}
server_login_retry = 1
log_connections = 0
log_disconnections = 0
log_stats = 0
ignore_startup_parameters = extra_float_digits
{extra}""")
    return path


def pgbouncer():
    return shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def start_proxies(folder, backend, user, password, workers, cpu_no):
    proxies = []
    extra = f"[weir]\nworkers = {workers}\n" if workers else ""
    port = free_port()
    proxies.append(Proxy("weir", as_nobody() + [f"{common.DIST}/bin/weir", "-q", ini(folder, "weir", port, backend, user, password, extra)],
                         folder, port, cpu_no))
    if pgbouncer():
        port = free_port()
        proxies.append(Proxy("pgbouncer", as_nobody() + [pgbouncer(), "-q", ini(folder, "pgbouncer", port, backend, user, password)],
                             folder, port, cpu_no))
    return proxies


def pgbench(proxy, folder, database, protocol, clients, seconds):
    logs = os.path.join(folder, "tx")
    before = cpu(proxy.pid)
    done = subprocess.run(["pgbench", "-h", "127.0.0.1", "-p", str(proxy.port), "-U", "bench", "-n", "-S", "-M", protocol, "-c",
                           str(clients), "-j", "1", "-T", str(seconds), "-l", "--log-prefix=" + logs, "--sampling-rate=0.25", database],
                          capture_output=True, text=True)
    after = cpu(proxy.pid)
    times = []
    for log in glob.glob(logs + ".*"):
        with open(log) as f:
            times += [int(line.split()[2]) for line in f if line[:1].isdigit() and line.count(" ") >= 5]
        os.remove(log)
    count = re.search(r"actually processed: (\d+)", done.stdout)
    rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.M)
    failed = done.returncode != 0 or not count or not int(count.group(1))
    if failed:
        told = [line for line in done.stderr.split("\n") if "error" in line.lower()] or [done.stderr.strip()[-200:]]
        say(f"{proxy.name}, {database} mode, {protocol}, {clients} clients: {told[0]}")
        return dict.fromkeys(["tps", "user", "sys", "cpu", "p50", "p99", "rss"])
    n = int(count.group(1))
    user, system, both = (after[i] - before[i] for i in range(3))
    times.sort()
    return {"tps": float(rate.group(1)), "user": user / n * 1e6, "sys": system / n * 1e6, "cpu": both / n * 1e6,
            "p50": times[len(times) // 2] if times else None, "p99": times[len(times) * 99 // 100] if times else None,
            "rss": rss_mb(proxy.pid)}


def pgload(*run):
    return load("pgload", *run)


# --- the parts ---


def part_pgbench(args, folder):
    postgres = Postgres(folder)
    args.versions.append(postgres.version)
    proxies = start_proxies(folder, postgres.port, postgres.user, postgres.password, 0, None)
    rounds = Rounds()
    try:
        for proxy in proxies:
            say(f"warming {proxy.name} up")
            warm_up(proxy, args, lambda protocol: (pgbench(proxy, folder, "transaction", protocol, 8, 2)["tps"] or 0) * 2,
                    ("simple", "extended"))
        cases = [(mode, protocol, c) for mode in ("transaction", "session") for protocol in ("simple", "extended", "prepared")
                 for c in (1, 8, 64, 500) if mode == "transaction" or c <= POOL]
        for number in range(args.rounds):
            say(f"pgbench, round {number + 1} of {args.rounds}")
            for case in cases:
                for proxy in turns(proxies, number):
                    rounds.add(case, proxy.name, pgbench(proxy, folder, *case, args.seconds))
    finally:
        for proxy in proxies:
            proxy.stop()
        postgres.stop()
    print("\n## pgbench -S against PostgreSQL\n")
    print("Weir/PgBouncer, median of the rounds' own ratios (smallest–largest). CPU is the proxy's, user and system, per transaction.\n")
    print("| mode | protocol | clients | throughput | CPU | user CPU | system CPU | p50 | p99 |")
    print("|---|---|--:|---|---|---|---|---|---|")
    for case in rounds.cases:
        cells = [rounds.ratio(case, m) for m in ("tps", "cpu", "user", "sys", "p50", "p99")]
        print(f"| {case[0]} | {case[1]} | {case[2]} | " + " | ".join(cells) + " |")
    for proxy in proxies:
        all_rss = [v for (_, p, m), vs in rounds.values.items() if p == proxy.name and m == "rss" for v in vs if v]
        if all_rss:
            print(f"\nResident memory of {proxy.name} after these runs: {max(all_rss):.0f} MB.")


def part_clean(args, folder):
    """Weir alone, each combination for a minute: nothing may fail."""
    postgres = Postgres(folder)
    args.versions.append(postgres.version)
    port = free_port()
    proxy = Proxy("weir", as_nobody() + [f"{common.DIST}/bin/weir", "-q",
                                         ini(folder, "weir", port, postgres.port, postgres.user, postgres.password)], folder, port, None)
    print(f"\n## pgbench -S for {args.seconds} s each, {POOL} servers\n")
    print("| mode | protocol | clients | transactions | per second | failed |")
    print("|---|---|--:|--:|--:|--:|")
    try:
        for mode in ("transaction", "session"):
            for protocol in ("simple", "extended", "prepared"):
                for clients in (1, 8, 64, 500):
                    if mode == "session" and protocol == "prepared" and clients > POOL:
                        # pgbench waits for each PREPARE before it goes on with any other client, and nobody gives a server up
                        print(f"| {mode} | {protocol} | {clients} | | | pgbench itself cannot: it waits for a PREPARE that no server is free for |")
                        continue
                    say(f"{mode} mode, {protocol}, {clients} clients")
                    done = subprocess.run(["pgbench", "-h", "127.0.0.1", "-p", str(proxy.port), "-U", "bench", "-n", "-S", "-M",
                                           protocol, "-c", str(clients), "-j", "1", "-T", str(args.seconds), mode],
                                          capture_output=True, text=True)
                    count = re.search(r"actually processed: (\d+)", done.stdout)
                    rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.M)
                    failed = re.search(r"failed transactions: (\d+)", done.stdout)
                    wrong = failed.group(1) if failed and done.returncode == 0 else "run ended: " + done.stderr.strip()[-100:]
                    print(f"| {mode} | {protocol} | {clients} | {count.group(1) if count else '–'} | "
                          f"{float(rate.group(1)) if rate else 0:.0f} | {wrong} |", flush=True)
        print(f"\nResident memory afterwards: {rss_mb(proxy.pid):.0f} MB.")
    finally:
        proxy.stop()
        postgres.stop()


def part_load(args, folder):
    gen_cpu, proxy_cpu = cores_to_pin()
    backend = free_port()
    proxies = start_proxies(folder, backend, "bench", "", 1, proxy_cpu)
    try:
        fresh = {p.name: rss_mb(p.pid) for p in proxies}
        idle = {}
        for proxy in proxies:
            got = pgload(proxy, backend, "idle", IDLE_CLIENTS, 1, gen_cpu)
            if got["rss"]:
                idle[proxy.name] = got["rss"]
            time.sleep(0.5)
        say("warming up")
        for proxy in proxies:
            warm_up(proxy, args, lambda mode: (pgload(proxy, backend, mode, 64, 2, gen_cpu)["tps"] or 0) * 2,
                    ("simple", "ext"))
            warm_up(proxy, args, lambda mode: (pgload(proxy, backend, mode, 8, 2, gen_cpu)["tps"] or 0) * 2 * 10, ("conn",))
        rounds, large, logins = Rounds(), Rounds(), Rounds()
        for number in range(args.rounds):
            say(f"own load generator, round {number + 1} of {args.rounds}")
            for clients in (8, 64, 512):
                for mode in ("simple", "ext"):
                    for proxy in turns(proxies, number):
                        rounds.add((mode, clients), proxy.name, pgload(proxy, backend, mode, clients, args.seconds, gen_cpu))
            for mode in ("big", "copyin"):
                for clients in (1, 8):
                    for proxy in turns(proxies, number):
                        large.add((mode, clients), proxy.name,
                                  pgload(proxy, backend, mode, clients, args.seconds * 1.5, gen_cpu, "-n", "51200", "-s", "1000"))
            for proxy in turns(proxies, number):
                logins.add(("conn", 8), proxy.name, pgload(proxy, backend, "conn", 8, args.seconds, gen_cpu))
        warm_idle = {}
        for proxy in proxies:
            before = rss_mb(proxy.pid)
            got = pgload(proxy, backend, "idle", IDLE_CLIENTS, 1, gen_cpu)
            if got["rss"]:
                warm_idle[proxy.name] = (before, got["rss"])
    finally:
        for proxy in proxies:
            proxy.stop()
    names = [p.name for p in proxies]
    print(f"\n## Own load generator and fake server, transaction mode, {POOL} servers\n")
    print("cpu/gen is the proxy's CPU time per transaction over the generator's in the same run: the noise of the machine cancels.\n")
    print("| protocol | clients | " + " | ".join("cpu/gen " + n for n in names) + " | Weir/PgBouncer cpu/gen | throughput | user CPU | p99 |")
    print("|---|--:|" + "--:|" * len(names) + "---|---|---|---|")
    for case in rounds.cases:
        each = [rounds.median(case, n, "cpu/gen") for n in names]
        cells = [f"{v:.3f}" if v else "–" for v in each] + [rounds.ratio(case, m) for m in ("cpu/gen", "tps", "u", "p99")]
        print(f"| {case[0]} | {case[1]} | " + " | ".join(cells) + " |")
    print("\n| large data | clients | " + " | ".join("MB per CPU second " + n for n in names) + " | Weir/PgBouncer |")
    print("|---|--:|" + "--:|" * len(names) + "---|")
    for case in large.cases:
        each = [large.median(case, n, "MB/cpu-s") for n in names]
        what = {"big": "result of 51 MB", "copyin": "COPY FROM STDIN of 51 MB"}[case[0]]
        print(f"| {what} | {case[1]} | " + " | ".join(f"{v:.0f}" if v else "–" for v in each) + f" | {large.ratio(case, 'MB/cpu-s')} |")
    print("\n| log-ins (trust), 8 at a time | Weir/PgBouncer |\n|---|---|")
    for measure, text in (("tps", "log-ins a second"), ("cpu/tx", "CPU per log-in"), ("cpu/gen", "cpu/gen")):
        print(f"| {text} | {logins.ratio(('conn', 8), measure)} |")
    print(f"\n| resident memory | " + " | ".join(names) + " |\n|---|" + "--:|" * len(names))
    print("| after start, MB | " + " | ".join(f"{fresh[n]:.1f}" for n in names) + " |")
    print(f"| with {IDLE_CLIENTS} idle clients, MB | " + " | ".join(f"{idle[n]:.1f}" if n in idle else "–" for n in names) + " |")
    print("| per idle client, kB | " + " | ".join(f"{(idle[n] - fresh[n]) * 1024 / IDLE_CLIENTS:.2f}" if n in idle else "–" for n in names) + " |")
    print("| after all the load above, MB | " + " | ".join(f"{warm_idle[n][0]:.1f}" if n in warm_idle else "–" for n in names) + " |")
    print(f"| and with {IDLE_CLIENTS} idle clients again, MB | " + " | ".join(f"{warm_idle[n][1]:.1f}" if n in warm_idle else "–" for n in names) + " |")


def main():
    parse = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parse.add_argument("--full", action="store_true", help="7 rounds of 4 seconds instead of 3 rounds of 1 second")
    parse.add_argument("--rounds", type=int)
    parse.add_argument("--seconds", type=float, help="of each single run")
    parse.add_argument("--only", choices=["pgbench", "load", "mysql", "clean"],
                       help="one part; clean is none of the usual three: a minute of each combination, looking for failures")
    parse.add_argument("--out", default=os.path.join(TOOLS, "latest.md"), help="a copy of the report goes here")
    parse.add_argument("--dist", default=common.DIST, help="an unpacked distribution in place of this checkout's build")
    args = parse.parse_args()
    common.DIST = os.path.abspath(args.dist)
    args.rounds = args.rounds or (7 if args.full else 3)
    args.seconds = args.seconds or (60 if args.only == "clean" else 4 if args.full else 1)
    args.seconds = int(args.seconds) if args.seconds == int(args.seconds) else args.seconds
    args.warm = 200_000 if args.full else 60_000  # transactions
    args.versions = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    os.makedirs(os.path.dirname(os.path.abspath(args.out)), exist_ok=True)
    import resource
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    folder = tempfile.mkdtemp(prefix="weir-bench-")
    os.chmod(folder, 0o755)
    screen = sys.stdout
    report = os.path.join(folder, "report.md")
    try:
        with open(report, "w") as sys.stdout:
            where = machine()
            if args.only == "clean":
                part_clean(args, folder)
            if args.only in (None, "pgbench"):
                if shutil.which("pgbench"):
                    part_pgbench(args, folder)
                else:
                    say("pgbench is not installed (Debian: postgresql-contrib): measured without it")
            if args.only in (None, "load") and os.path.exists(f"{TOOLS}/pgload"):
                part_load(args, folder)
            if args.only in (None, "mysql"):
                measure_mysql.part(args, folder)
        sys.stdout = screen
        if pgbouncer():
            args.versions.append(subprocess.run([pgbouncer(), "--version"], capture_output=True, text=True).stdout.split("\n")[0])
        weir = subprocess.run([f"{common.DIST}/bin/weir", "--version"], capture_output=True, text=True).stdout.strip().split("\n")
        args.versions.append("Weir: " + ", ".join(weir))
        with open(report) as f:
            text = f"Machine: {where}.\n\nVersions: {'; '.join(args.versions)}. {args.rounds} rounds of {args.seconds} s.\n" + f.read()
        print(text)
        with open(args.out, "w") as f:
            f.write(text)
    except KeyboardInterrupt:
        sys.stdout = screen
        say("stopped")
        return 130
    finally:
        sys.stdout = screen
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for child in reversed(list(started)):
            stop(child)
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
