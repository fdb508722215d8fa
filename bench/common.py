"""What the parts of the benchmark share: processes and what they cost, rounds and their ratios."""
import glob, os, pwd, re, shutil, signal, socket, statistics, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
DIST = os.path.join(ROOT, "proxy-app", "target", "dist")
TOOLS = os.path.join(HERE, "target")
TICK = os.sysconf("SC_CLK_TCK")
POOL = 20


def say(text):
    print("bench: " + text, file=sys.stderr, flush=True)


# --- processes: everything that is started is in one list and is stopped from it ---

started = []


def as_nobody():
    """PostgreSQL and PgBouncer refuse root."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv"):
        who = pwd.getpwnam("nobody")
        return ["setpriv", f"--reuid={who.pw_uid}", f"--regid={who.pw_gid}", "--clear-groups"]
    return ["runuser", "-u", "nobody", "--"]  # stays as a parent: CPU time is then read of its child


def pinned(cpu):
    return ["taskset", "-c", str(cpu)] if cpu is not None and shutil.which("taskset") else []


def spawn(command, log, **more):
    out = open(log, "ab")
    child = subprocess.Popen(command, stdout=out if "stdout" not in more else more.pop("stdout"), stderr=out,
                             stdin=more.pop("stdin", subprocess.DEVNULL), start_new_session=True, **more)
    out.close()
    started.append(child)
    return child


def stop(child, how=signal.SIGTERM):
    if child.poll() is None:
        try:
            child.send_signal(how)
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    if child in started:
        started.remove(child)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(port, child, log, patience=60):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if child.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    with open(log, errors="replace") as text:
        sys.exit("bench: did not start: " + " ".join(child.args[-3:]) + "\n" + text.read()[-2000:])


# --- what a process costs ---


def cpu(pid):
    """User and system CPU seconds of all threads, in ticks of 10 ms, and their sum of nanosecond resolution."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    exact = 0
    for task in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            with open(task) as f:
                exact += int(f.read().split()[0])
        except OSError:
            pass  # the thread has ended
    return int(fields[11]) / TICK, int(fields[12]) / TICK, exact / 1e9


def rss_mb(pid):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS")) / 1024


class Proxy:
    def __init__(self, name, command, folder, listen, cpu_no):
        self.name, self.port = name, listen
        log = os.path.join(folder, name + ".log")
        self.child = spawn(pinned(cpu_no) + command, log, cwd="/")
        await_port(listen, self.child, log)
        self.pid = self.child.pid

    def stop(self):
        stop(self.child)


def java():
    homes = [os.environ.get("WEIR_JAVA_HOME"), *sorted(glob.glob("/usr/lib/jvm/*25*"))]
    return next((f"{home}/bin/java" for home in homes if home and os.path.isfile(f"{home}/bin/java")), "java")


def cores_to_pin():
    """One core for the load, another for the proxy; None where there is only one."""
    return (0, 1) if (os.cpu_count() or 1) > 1 else (None, None)


# --- rounds ---


class Rounds:
    """Values by (case, proxy, measure), one for each round."""

    def __init__(self):
        self.values = {}
        self.cases = []

    def add(self, case, proxy, measures):
        if case not in self.cases:
            self.cases.append(case)
        for measure, value in measures.items():
            self.values.setdefault((case, proxy, measure), []).append(value)

    def median(self, case, proxy, measure):
        values = [v for v in self.values.get((case, proxy, measure), []) if v is not None]
        return statistics.median(values) if values else None

    def ratio(self, case, measure, one="weir", other="pgbouncer"):
        """Median and range of the rounds' own ratios, as text."""
        pairs = zip(self.values.get((case, one, measure), []), self.values.get((case, other, measure), []))
        ratios = sorted(a / b for a, b in pairs if a is not None and b)
        if not ratios:
            return "–"
        return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})"


def turns(proxies, number):
    """Who is first changes from round to round."""
    shift = number % len(proxies)
    return proxies[shift:] + proxies[:shift]


def warm_up(proxy, args, run, protocols):
    """Transactions and not seconds: on a busy machine the compilers get to them later."""
    end = time.monotonic() + 60
    for protocol in protocols:
        done = 0
        while done < args.warm and time.monotonic() < end:
            done += run(protocol)


def load(tool, proxy, backend, mode, clients, seconds, gen_cpu, *more):
    """One run of one of our own load tools, with its fake server on the port backend."""
    command = pinned(gen_cpu) + [f"{TOOLS}/{tool}", "-P", str(proxy.port), "-b", str(backend), "-c", str(clients), "-m", mode, "-t",
                                 str(seconds), "-w", "0.3", "-L", proxy.name, "-p", str(proxy.pid), *more]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60 + seconds)
    except subprocess.TimeoutExpired:
        say(f"{proxy.name} {mode} {clients}: did not end")
        return dict.fromkeys(["tps", "cpu/tx", "cpu/gen", "u", "p99", "MB/cpu-s", "rss", "fail"])  # keeps the rounds in step
    got = {k: float(v) for k, v in re.findall(r"([\w/%-]+)=\s*([\d.]+)", done.stdout)}
    if done.returncode != 0 or not got:
        say(f"{proxy.name} {mode} {clients}: failed: " + done.stderr.strip()[-200:])
        return dict.fromkeys(["tps", "cpu/tx", "cpu/gen", "u", "p99", "MB/cpu-s", "rss", "fail"])
    if "tps" in got and got["tps"] > 0:
        got["cpu/gen"] = got["cpu/tx"] / max(got["gen"], 0.01)
    return got


def machine():
    model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "unknown CPU")
    memory = next(int(l.split()[1]) // 1024 // 1024 for l in open("/proc/meminfo") if l.startswith("MemTotal"))
    return f"{os.cpu_count()} x {model}, {memory} GiB, Linux {os.uname().release}, load average {os.getloadavg()[0]:.1f} at the start"
