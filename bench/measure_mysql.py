"""The MySQL side: Weir beside HAProxy, ProxySQL and MaxScale, with our own load generator and with sysbench."""
import os, re, shutil, subprocess, sys, threading, time

import common
from common import HERE, POOL, TOOLS, Proxy, Rounds, as_nobody, cores_to_pin, cpu, free_port, java, load, rss_mb, say, spawn, stop, \
    turns, warm_up

NAMES = {"weir": "Weir", "haproxy": "HAProxy", "proxysql": "ProxySQL", "maxscale": "MaxScale", "direct": "direct"}


def tool(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def version(name, *options):
    told = subprocess.run([tool(name), *options], capture_output=True, text=True)
    return (told.stdout + told.stderr).strip().split("\n")[0][:80]


# --- the database ---


class MariaDb:
    """The installed server, else the one that comes with Weir; user, password and database are all "app"."""

    def __init__(self, folder):
        self.log = os.path.join(folder, "mariadb.log")
        command = [java(), "-cp", f"{common.DIST}/lib/*", f"{HERE}/StartMariaDb.java", f"{common.DIST}/embedded"]
        share = next((s for s in ("/usr/share/mysql", "/usr/share/mariadb") if os.path.exists(s + "/mysql_system_tables.sql")
                      or os.path.exists(s + "/mariadb_system_tables.sql")), None)
        if tool("mariadbd") and share:
            command += [tool("mariadbd"), share]
        self.child = spawn(command, self.log, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        answer = self.child.stdout.readline().split()
        if len(answer) != 3:
            with open(self.log, errors="replace") as text:
                sys.exit("bench: MariaDB did not start\n" + text.read()[-2000:])
        self.port, self.root, self.version = int(answer[0]), answer[1], "MariaDB " + answer[2]

    def stop(self):
        self.child.stdin.close()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            pass
        stop(self.child)


# --- the proxies ---


def write(path, text):
    with open(path, "w") as f:
        f.write(text)
    return path


def owned_folder(path):
    os.mkdir(path)
    os.chmod(path, 0o777)
    return path


def proxysql_cnf(folder, name, backend, user, password, threads):
    """The file that both ProxySQL and Weir read; what it does not say is as ProxySQL has it by default."""
    port = free_port()
    data = owned_folder(os.path.join(folder, name + "-data"))
    count = f" threads={threads};" if threads else ""
    return port, write(os.path.join(folder, name + ".cnf"), f"""datadir="{data}"
admin_variables={{ admin_credentials="admin:admin"; mysql_ifaces="127.0.0.1:{free_port()}" }}
mysql_variables={{{count} interfaces="127.0.0.1:{port}"; max_connections=8000; server_version="8.0.30"; monitor_enabled=false;
  default_schema="{user}" }}
mysql_servers=( {{ address="127.0.0.1"; port={backend}; hostgroup=0; max_connections={POOL} }} )
mysql_users=( {{ username="{user}"; password="{password}"; default_hostgroup=0; active=1; default_schema="{user}" }} )
"""), data


def weir(folder, backend, user, password, threads, cpu_no):
    port, cnf, _ = proxysql_cnf(folder, "weir", backend, user, password, threads)
    users = write(os.path.join(folder, "users.txt"), '"bench" ""\n')
    workers = f"workers = {threads}\n" if threads else ""
    ini = write(os.path.join(folder, "weir.ini"), f"""[databases]
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {free_port()}
unix_socket_dir =
auth_type = trust
auth_file = {users}
[weir]
{workers}proxysql_config = {cnf}
""")
    return Proxy("weir", as_nobody() + [f"{common.DIST}/bin/weir", "-q", ini], folder, port, cpu_no)


def haproxy(folder, backend, threads, cpu_no):
    port = free_port()
    count = f"  nbthread {threads}\n" if threads else ""
    cfg = write(os.path.join(folder, "haproxy.cfg"), f"""global
  maxconn 9000
{count}defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen mysql
  bind 127.0.0.1:{port}
  server s1 127.0.0.1:{backend}
""")
    return Proxy("haproxy", as_nobody() + [tool("haproxy"), "-db", "-q", "-f", cfg], folder, port, cpu_no)


def proxysql(folder, backend, user, password, threads, cpu_no):
    port, cnf, data = proxysql_cnf(folder, "proxysql", backend, user, password, threads)
    # -f: in the foreground; --no-monitor: without the parent that would start it anew
    return Proxy("proxysql", as_nobody() + [tool("proxysql"), "-f", "--no-monitor", "--initial", "-c", cnf, "-D", data], folder, port, cpu_no)


def maxscale(folder, mariadb):
    """Only in front of a real server: it reads the accounts that may log in from there."""
    port, home = free_port(), owned_folder(os.path.join(folder, "maxscale-data"))
    folders = "".join(f"{key}={home}\n" for key in ("logdir", "datadir", "cachedir", "piddir", "persistdir"))
    cnf = write(os.path.join(folder, "maxscale.cnf"), f"""[maxscale]
{folders}admin_enabled=false
[s1]
type=server
address=127.0.0.1
port={mariadb.port}
persistpoolmax={POOL}
persistmaxtime=1h
[watch]
type=monitor
module=mariadbmon
servers=s1
user=root
password={mariadb.root}
[service]
type=service
router=readconnroute
router_options=running
servers=s1
user=root
password={mariadb.root}
[listener]
type=listener
service=service
address=127.0.0.1
port={port}
""")
    return Proxy("maxscale", as_nobody() + [tool("maxscale"), "-d", "-f", cnf], folder, port, None)


def start(args, folder, backend, user, password, threads, cpu_no, mariadb=None):
    """Weir and what else is installed; a peer that does not start is named and left out."""
    proxies = [weir(folder, backend, user, password, threads, cpu_no)]
    starters = {"haproxy": lambda: haproxy(folder, backend, threads, cpu_no),
                "proxysql": lambda: proxysql(folder, backend, user, password, threads, cpu_no)}
    if mariadb:
        starters["maxscale"] = lambda: maxscale(folder, mariadb)
    for name, starter in starters.items():
        if not tool(name):
            say(f"{NAMES[name]} is not installed: measured without it")
            continue
        try:
            proxies.append(starter())
            told = NAMES[name] + ": " + version(name, "-v" if name == "haproxy" else "--version")
            if told not in args.versions:
                args.versions.append(told)
        except SystemExit as failure:
            say(f"{NAMES[name]} is left out: {failure}")
    return proxies


# --- our own load generator ---


def part_load(args, folder):
    gen_cpu, proxy_cpu = cores_to_pin()
    backend = free_port()
    folder = owned_folder(os.path.join(folder, "mysql-load"))
    proxies = start(args, folder, backend, "bench", "", 1, proxy_cpu)
    rounds = Rounds()
    try:
        fresh = {p.name: rss_mb(p.pid) for p in proxies}
        for proxy in proxies:
            say(f"warming {proxy.name} up")
            warm_up(proxy, args, lambda mode: (load("myload", proxy, backend, mode, 64, 2, gen_cpu)["tps"] or 0) * 2, ("simple", "prep"))
        for number in range(args.rounds):
            say(f"own load generator for MySQL, round {number + 1} of {args.rounds}")
            for clients in (8, 64, 512):
                for mode in ("simple", "prep"):
                    for proxy in turns(proxies, number):
                        rounds.add((mode, clients), proxy.name, load("myload", proxy, backend, mode, clients, args.seconds, gen_cpu))
        used = {p.name: rss_mb(p.pid) for p in proxies}
    finally:
        for proxy in proxies:
            proxy.stop()
    names = [p.name for p in proxies]
    peers = names[1:]
    print(f"\n## MySQL: own load generator and fake server, {POOL} servers\n")
    print("HAProxy shares no connections: it has as many servers as clients. A dash is a run that failed.\n")
    heads = ["cpu/gen " + n for n in names] + [f"Weir/{NAMES[p]} {what}" for p in peers for what in ("cpu/gen", "throughput", "user CPU", "p99")]
    print("| statements | clients | " + " | ".join(heads) + " | errors |")
    print("|---|--:|" + "--:|" * len(names) + "---|" * (4 * len(peers) + 1))
    for case in rounds.cases:
        each = [rounds.median(case, n, "cpu/gen") for n in names]
        cells = [f"{v:.3f}" if v else "–" for v in each] + [rounds.ratio(case, m, other=p) for p in peers
                                                          for m in ("cpu/gen", "tps", "u", "p99")]
        print(f"| {'prepared' if case[0] == 'prep' else case[0]} | {case[1]} | " + " | ".join(cells) + f" | {errors(rounds, case, names, 'fail')} |")
    print("\n| resident memory | " + " | ".join(names) + " |\n|---|" + "--:|" * len(names))
    print("| after start, MB | " + " | ".join(f"{fresh[n]:.1f}" for n in names) + " |")
    print("| after all the load above, MB | " + " | ".join(f"{used[n]:.1f}" for n in names) + " |")


def errors(rounds, case, names, measure):
    """The sum of all rounds, for those who had any; a run that failed as a whole is counted apart."""
    told = []
    for name in names:
        values = rounds.values.get((case, name, measure), [])
        wrong, lost = sum(v for v in values if v is not None), sum(v is None for v in values)
        if wrong or lost:
            told.append(f"{name} {wrong:.0f}" + (f", {lost} runs failed" if lost else ""))
    return "; ".join(told) or "0"


# --- sysbench ---


class Direct:
    name = "direct"
    pid = None

    def __init__(self, port):
        self.port = port

    def stop(self):
        pass


MEASURES = ("qps", "cpu", "p99", "errors", "ignored")


def sysbench(target, workload, prepared, threads, seconds, action="run"):
    command = [tool("sysbench"), workload, "--db-driver=mysql", "--mysql-host=127.0.0.1", f"--mysql-port={target.port}",
               "--mysql-user=app", "--mysql-password=app", "--mysql-db=app", "--tables=1", "--table-size=10000", "--rand-type=uniform",
               f"--threads={threads}", f"--time={seconds}", f"--db-ps-mode={prepared}", "--percentile=99", action]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", start_new_session=True)
    common.started.append(child)
    watchdog = threading.Timer(60 + seconds, child.kill)
    watchdog.start()
    before = after = None
    lines = []
    for line in child.stdout:  # CPU from the moment when all are logged in and have prepared
        lines.append(line.strip())
        if target.pid and line.startswith("Threads started"):
            before = cpu(target.pid)
        elif target.pid and line.startswith("SQL statistics"):
            after = cpu(target.pid)
    child.wait()
    watchdog.cancel()
    common.started.remove(child)
    text = "\n".join(lines)
    queries = re.search(r"^queries:\s+(\d+)\s+\(([\d.]+) per sec", text, re.M)
    fatal = [line for line in lines if line.startswith("FATAL")]
    if child.returncode != 0 or (action == "run" and (not queries or not int(queries.group(1)))):
        say(f"{target.name}, {workload}, ps-mode {prepared}, {threads} threads: " + (fatal or ["did not end" if child.returncode < 0 else text[-200:]])[0])
        return dict.fromkeys(MEASURES)  # keeps the rounds in step
    if action != "run":
        return {}
    n = int(queries.group(1))
    number = lambda what: float(re.search(rf"^{what}:\s+([\d.]+)", text, re.M).group(1))
    return {"qps": float(queries.group(2)), "cpu": (after[2] - before[2]) / n * 1e6 if before and after else None,
            "p99": number("99th percentile"), "ignored": number("ignored errors"), "errors": number("reconnects") + len(fatal)}


def part_sysbench(args, folder):
    if not tool("sysbench"):
        say("sysbench is not installed: MySQL without it")
        return
    folder = owned_folder(os.path.join(folder, "mysql-sysbench"))
    mariadb = MariaDb(folder)
    args.versions.append(mariadb.version)
    args.versions.append(version("sysbench", "--version"))
    rounds = Rounds()
    targets = [Direct(mariadb.port)]
    try:
        targets += start(args, folder, mariadb.port, "app", "app", 0, None, mariadb)
        sysbench(targets[0], "oltp_read_write", "auto", 1, 0, "prepare")
        cases = [(w, ps, c) for w in ("oltp_point_select", "oltp_read_only", "oltp_read_write") for ps in ("auto", "disable")
                 for c in (8, 64, 500) if ps == "auto" or c == 64 or args.full]
        for proxy in targets[1:]:
            say(f"warming {proxy.name} up")
            end = time.monotonic() + 30
            for workload, prepared in (("oltp_point_select", "auto"), ("oltp_point_select", "disable"), ("oltp_read_write", "auto")):
                done = 0
                while done < args.warm / 2 and time.monotonic() < end:
                    done += 2 * (sysbench(proxy, workload, prepared, 16, 2)["qps"] or 0)
        for number in range(args.rounds):
            say(f"sysbench, round {number + 1} of {args.rounds}")
            for case in cases:
                for target in turns(targets, number):
                    rounds.add(case, target.name, sysbench(target, *case, max(1, round(args.seconds))))
        rss = {p.name: rss_mb(p.pid) for p in targets[1:]}
    finally:
        for target in targets:
            target.stop()
        mariadb.stop()
    names = [t.name for t in targets]
    peers = names[2:]
    print(f"\n## MySQL: sysbench against {mariadb.version}, {POOL} servers\n")
    print("Queries per second are medians. CPU is the proxy's per query, all threads, without log-ins. Nothing is pinned. HAProxy has as "
          "many servers as there are threads. Errors are reconnects and fatal ones; deadlocks are repeated by sysbench and stand in brackets.\n")
    heads = ["queries/s " + n for n in names] + ["Weir/direct queries/s"]
    heads += [f"Weir/{NAMES[p]} {what}" for p in peers for what in ("queries/s", "CPU", "p99")]
    print("| workload | prepared | threads | " + " | ".join(heads) + " | errors |")
    print("|---|---|--:|" + "--:|" * len(names) + "---|" * (3 * len(peers) + 2))
    for case in rounds.cases:
        each = [rounds.median(case, n, "qps") for n in names]
        cells = [f"{v:.0f}" if v else "–" for v in each] + [rounds.ratio(case, "qps", other="direct")]
        cells += [rounds.ratio(case, m, other=p) for p in peers for m in ("qps", "cpu", "p99")]
        wrong = f"{errors(rounds, case, names, 'errors')} ({errors(rounds, case, names, 'ignored')})"
        print(f"| {case[0]} | {'yes' if case[1] == 'auto' else 'no'} | {case[2]} | " + " | ".join(cells) + f" | {wrong} |")
    print("\nResident memory after these runs: " + ", ".join(f"{n} {mb:.0f} MB" for n, mb in rss.items()) + ".")


def part(args, folder):
    if os.path.exists(f"{TOOLS}/myload"):
        part_load(args, folder)
    part_sysbench(args, folder)
