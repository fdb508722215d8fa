/* pgload: closed-loop PostgreSQL load generator with the fake backend optionally in the same epoll loop.
   pgload -P port [-b backend_port] [-c conns] [-t secs] [-w warmup] [-m simple|ext|prep|tx|conn|big|copyin|idle]
          [-p proxy_pid] [-r tx_per_s] [-u user] [-d db] [-L label] [-n rows] [-s bytes]
   Prints one line: label mode conns tx/s p50 p99 p999 (us), proxy user/sys us per tx, proxy cpu share, rss MB.
   "tx" is BEGIN; SELECT; COMMIT as three simple queries (one transaction counted). */
#include "pgproto.h"
#include <getopt.h>
typedef struct { int isbe; be_t b; } bec_t;
typedef struct {
    int isbe, fd, state, step, rstate; uint32_t need; uint8_t hdr[5]; int hlen; char type; uint64_t t0; char z;
    long sendleft; int armed;
} cl_t;
static uint8_t q_simple[64], q_ext[256], q_prep0[128], q_prep[128], q_begin[16], q_commit[16], q_big[64], q_startup[128], q_copy[32];
static int n_simple, n_ext, n_prep0, n_prep, n_begin, n_commit, n_big, n_startup, n_copy;
static uint8_t copybuf[65536 + 5];
static int port, bport, conns = 1, mode, pid, ep; static double secs = 3, warm = 1; static long rate = 0, rows = 51200; static int rbytes = 1000;
static const char *user = "bench", *db = "bench", *label = "-", *modename = "simple";
static uint64_t done, bytes_in, bytes_out; static int measuring, stop, ready, failed;
static cl_t **idleq; static int idleh, idlen;
static long budget_sent; static uint64_t rate_t0;

static int m(uint8_t *p, char t, const void *d, int n) { p[0] = t; put32(p + 1, n + 4); memcpy(p + 5, d, n); return n + 5; }
static void build(void) {
    n_simple = m(q_simple, 'Q', "SELECT 12345678", 16);
    n_begin = m(q_begin, 'Q', "BEGIN", 6); n_commit = m(q_commit, 'Q', "COMMIT", 7);
    char t[128]; int n;
    n = snprintf(t, sizeof t, "big %ld %d", rows, rbytes); n_big = m(q_big, 'Q', t, n + 1);
    n_copy = m(q_copy, 'Q', "copyin", 7);
    m(copybuf, 'd', copybuf + 5, 65536);
    uint8_t *p = q_ext;
    p += m(p, 'P', "\0SELECT $1::int4\0\0", 19);
    p += m(p, 'B', "\0\0\0\0\0\1\0\0\0\x08" "12345678\0\0", 20);
    p += m(p, 'D', "P", 2);
    p += m(p, 'E', "\0\0\0\0\0", 5);
    p += m(p, 'S', "", 0);
    n_ext = p - q_ext;
    p = q_prep0;
    p += m(p, 'P', "S_1\0SELECT $1::int4\0\0", 22);
    p += m(p, 'S', "", 0);
    n_prep0 = p - q_prep0;
    p = q_prep;
    p += m(p, 'B', "\0S_1\0\0\0\0\1\0\0\0\x08" "12345678\0\0", 23);
    p += m(p, 'E', "\0\0\0\0\0", 5);
    p += m(p, 'S', "", 0);
    n_prep = p - q_prep;
    p = q_startup + 4; put32(p, 196608); p += 4;
    p += sprintf((char *)p, "user") + 1; p += sprintf((char *)p, "%s", user) + 1;
    p += sprintf((char *)p, "database") + 1; p += sprintf((char *)p, "%s", db) + 1;
    *p++ = 0; n_startup = p - q_startup; put32(q_startup, n_startup);
}
static void w(cl_t *c, const void *d, int n) {
    if (send(c->fd, d, n, MSG_NOSIGNAL) != n && !stop) { if (errno != EAGAIN) { perror("send"); exit(1); } }
}
static int c_open(cl_t *c) {
    c->fd = tcp_connect(port, 1);
    if (c->fd < 0) return -1;
    c->state = 0; c->hlen = 0; c->need = 0; c->rstate = 0;
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev);
    c->t0 = now_ns();
    w(c, q_startup, n_startup);
    return 0;
}
static void copy_push(cl_t *c) {
    while (c->sendleft > 0) {
        long off = (sizeof copybuf) - (c->sendleft % sizeof copybuf ? c->sendleft % sizeof copybuf : sizeof copybuf);
        ssize_t n = send(c->fd, copybuf + off, sizeof copybuf - off, MSG_NOSIGNAL);
        if (n < 0) {
            if (errno != EAGAIN) exit(1);
            if (!c->armed) { struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT, .data.ptr = c}; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev); c->armed = 1; }
            return;
        }
        c->sendleft -= n; bytes_out += n;
    }
    if (c->armed) { struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c}; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &ev); c->armed = 0; }
    uint8_t d[5]; m(d, 'c', "", 0); w(c, d, 5);
}
static void fire(cl_t *c) {
    if (stop) return;
    c->t0 = now_ns();
    switch (mode) {
    case 0: w(c, q_simple, n_simple); break;
    case 1: w(c, q_ext, n_ext); break;
    case 2: w(c, q_prep, n_prep); break;
    case 3: w(c, q_begin, n_begin); break;
    case 5: w(c, q_big, n_big); break;
    case 6: w(c, q_copy, n_copy); break;
    default: break;
    }
}
static void next(cl_t *c) {
    if (rate) { idleq[(idleh + idlen++) % conns] = c; return; }
    fire(c);
}
static void on_ready(cl_t *c) {
    if (c->state == 0) {
        if (mode == 4) { /* connection churn */
            uint64_t t = now_ns();
            if (measuring) { hist[hidx(t - c->t0)]++; done++; }
            uint8_t x[5]; m(x, 'X', "", 0); w(c, x, 5);
            close(c->fd); ready++;
            if (!stop && c_open(c)) failed++;
            return;
        }
        ready++;
        c->state = 2;
        if (mode == 2) { w(c, q_prep0, n_prep0); c->state = 1; return; }
        if (mode == 7) return;
        next(c);
        return;
    }
    if (c->state == 1) { c->state = 2; next(c); return; }
    if (mode == 3 && c->step < 2) { c->step++; if (c->step == 1) w(c, q_simple, n_simple); else w(c, q_commit, n_commit); return; }
    c->step = 0;
    if (measuring) { hist[hidx(now_ns() - c->t0)]++; done++; }
    next(c);
}
static uint8_t rb[1 << 20];
static void c_event(cl_t *c, uint32_t evs) {
    if ((evs & EPOLLOUT) && c->sendleft > 0) copy_push(c);
    if (!(evs & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
    ssize_t n = recv(c->fd, rb, sizeof rb, 0);
    if (n <= 0) {
        if (n < 0 && errno == EAGAIN) return;
        failed++; close(c->fd);
        if (mode == 4 && !stop) { if (c_open(c)) failed++; }
        else if (!measuring && !stop && failed < 2000) { /* refused because of the backend of the run before: come again */
            if (c->state == 2) ready--;
            usleep(1000); c_open(c);
        } else if (!stop) { fprintf(stderr, "%s: connection lost state %d\n", label, c->state); if (failed > 20) exit(2); }
        return;
    }
    if (measuring) bytes_in += n;
    uint8_t *p = rb, *e = rb + n;
    int rdy = 0;
    while (p < e) {
        if (c->need) { uint32_t k = e - p < c->need ? e - p : c->need; if (c->type == 'Z') c->z = p[0]; if (c->type == 'E' && k > 5 && measuring) fprintf(stderr, "%s: server error: %.*s\n", label, (int)(k > 200 ? 200 : k), p); c->need -= k; p += k; if (!c->need && c->type == 'Z') rdy++; continue; }
        int k = 5 - c->hlen; if (k > e - p) k = e - p;
        memcpy(c->hdr + c->hlen, p, k); c->hlen += k; p += k;
        if (c->hlen == 5) {
            c->type = c->hdr[0]; c->need = get32(c->hdr + 1) - 4; c->hlen = 0;
            if (c->type == 'G') { c->sendleft = (long)rows * rbytes / (long)sizeof copybuf * (long)sizeof copybuf; copy_push(c); }
        }
    }
    while (rdy-- > 0) on_ready(c);
}
int main(int ac, char **av) {
    int o;
    while ((o = getopt(ac, av, "P:b:c:t:w:m:p:r:u:d:L:n:s:")) != -1) switch (o) {
        case 'P': port = atoi(optarg); break; case 'b': bport = atoi(optarg); break; case 'c': conns = atoi(optarg); break;
        case 't': secs = atof(optarg); break; case 'w': warm = atof(optarg); break; case 'p': pid = atoi(optarg); break;
        case 'r': rate = atol(optarg); break; case 'u': user = optarg; break; case 'd': db = optarg; break; case 'L': label = optarg; break;
        case 'n': rows = atol(optarg); break; case 's': rbytes = atoi(optarg); break;
        case 'm': modename = optarg; { const char *ms[] = {"simple", "ext", "prep", "tx", "conn", "big", "copyin", "idle"}; for (int i = 0; i < 8; i++) if (!strcmp(optarg, ms[i])) mode = i; } break;
        default: exit(1);
    }
    struct rlimit rl = {20000, 20000}; setrlimit(RLIMIT_NOFILE, &rl);
    build();
    ep = epoll_create1(0);
    int lfd = -1; struct epoll_event ev, evs[1024];
    static int lmark = 2;
    if (bport && getenv("UNIXB")) { /* listen on $UNIXB/.s.PGSQL.<backend port> instead of TCP */
        struct sockaddr_un a = {.sun_family = AF_UNIX}; snprintf(a.sun_path, sizeof a.sun_path, "%s/.s.PGSQL.%d", getenv("UNIXB"), bport); unlink(a.sun_path);
        lfd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0); if (bind(lfd, (void *)&a, sizeof a) || listen(lfd, 4096)) die("unix");
        ev.events = EPOLLIN; ev.data.ptr = &lmark; epoll_ctl(ep, EPOLL_CTL_ADD, lfd, &ev);
    } else if (bport) { lfd = tcp_listen(bport); ev.events = EPOLLIN; ev.data.ptr = &lmark; epoll_ctl(ep, EPOLL_CTL_ADD, lfd, &ev); usleep(1000); }
    cl_t *cs = calloc(conns, sizeof *cs); idleq = calloc(conns, sizeof *idleq);
    int opened = 0, inflight_limit = 64;
    uint64_t start = now_ns(), t_meas = 0, t_end = 0; usage_t u0 = {0}, u1 = {0}; struct rusage r0 = {0}, r1 = {0};
    for (;;) {
        while (opened < conns && opened - ready < inflight_limit) if (c_open(&cs[opened])) { failed++; if (failed > 2000) { fprintf(stderr, "%s: cannot connect\n", label); exit(2); } usleep(1000); break; } else opened++;
        uint64_t t = now_ns();
        if (!t_meas && opened == conns && ready >= conns && t - start > warm * 1e9) {
            t_meas = t; measuring = 1; u0 = usage(pid); getrusage(RUSAGE_SELF, &r0); t = t_meas = now_ns(); rate_t0 = t_meas; budget_sent = 0;
        }
        if (!t_meas && t - start > 20e9) { fprintf(stderr, "%s: setup timed out (%d of %d ready)\n", label, ready, conns); exit(3); }
        if (t_meas && !t_end && t - t_meas > secs * 1e9) {
            t_end = t; u1 = usage(pid); getrusage(RUSAGE_SELF, &r1);
            /* the clients leave first and the backend serves on until all is quiet: a proxy that asked a vanished backend for
               a server would turn the next run's clients away */
            stop = 1; measuring = 0;
            for (int i = 0; i < opened; i++) close(cs[i].fd);
        }
        int to = 100;
        if (rate && !stop && opened == conns) {
            if (!rate_t0) rate_t0 = t;
            long due = (long)((t - rate_t0) / 1e9 * rate) - budget_sent;
            if (due > 2 * conns + 100) { budget_sent += due - conns; due = conns; }
            while (due > 0 && idlen) { cl_t *c = idleq[idleh]; idleh = (idleh + 1) % conns; idlen--; fire(c); budget_sent++; due--; }
            to = 0;
        }
        int n;
        if (rate) { struct timespec ts = {0, 50000}; n = epoll_pwait2(ep, evs, 1024, &ts, 0); } else n = epoll_wait(ep, evs, 1024, to);
        if (t_end && (n == 0 || t - t_end > 3e9)) break;
        for (int i = 0; i < n; i++) {
            int *kind = evs[i].data.ptr;
            if (kind == &lmark) {
                int fd, one = 1;
                while ((fd = accept4(lfd, 0, 0, SOCK_NONBLOCK)) >= 0) {
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    bec_t *b = calloc(1, sizeof *b);
                    b->isbe = 1; b->b.fd = fd; ev.events = EPOLLIN; ev.data.ptr = b; epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
                }
            } else if (*kind == 1) {
                bec_t *b = (bec_t *)kind;
                int r = be_event(&b->b, evs[i].events);
                if (r < 0) { close(b->b.fd); free(b->b.out); free(b); continue; }
                if (r != b->b.wantw) { b->b.wantw = r; ev.events = r ? EPOLLIN | EPOLLOUT : EPOLLIN; ev.data.ptr = b; epoll_ctl(ep, EPOLL_CTL_MOD, b->b.fd, &ev); }
            } else if (!stop) c_event((cl_t *)kind, evs[i].events);
        }
    }
    double el = (t_end - t_meas) / 1e9;
    double d = done ? done : 1;
    if (mode == 5 || mode == 6) {
        double mb = (mode == 5 ? bytes_in : bytes_out) / 1e6, cpu = spent(u0, u1);
        printf("%-16s %-6s c=%-4d MB/s=%.0f MB/cpu-s=%.0f u=%.2f s=%.2f cpu%%=%.0f rss=%.1fMB\n", label, modename, conns, mb / el, cpu > 0 ? mb / cpu : 0, u1.u - u0.u, u1.s - u0.s, cpu / el * 100, u1.rss / 1048576.0);
    } else
        printf("%-16s %-6s c=%-4d tps=%-7.0f p50=%-7.1f p99=%-7.1f p999=%-7.1f cpu/tx=%.2f u=%.2f s=%.2f cpu%%=%.0f gen=%.2f rss=%.1fMB fail=%d\n", label, modename, conns, done / el, percentile(.5, done) / 1e3, percentile(.99, done) / 1e3, percentile(.999, done) / 1e3,
               spent(u0, u1) * 1e6 / d, (u1.u - u0.u) * 1e6 / d, (u1.s - u0.s) * 1e6 / d, spent(u0, u1) / el * 100, own_cpu(r0, r1) * 1e6 / d, u1.rss / 1048576.0, failed);
    return 0;
}
