/* myload: closed-loop MySQL load generator with the fake server optionally in the same epoll loop.
   myload -P port [-b backend_port] [-c conns] [-t secs] [-w warmup] [-m simple|prep|tx|conn|big|idle]
          [-p proxy_pid] [-u user] [-d db] [-L label] [-n rows] [-s bytes]
   The user has no password. Prints the line that pgload prints.
   "prep" prepares once for each client and then only executes; as drivers do, it sends the parameter's type with the first
   execution only, and the fake server refuses an execution of which it has never been told the type.
   "tx" is BEGIN; SELECT; COMMIT (one transaction counted). -s is the size of a row of "big"; in "simple" it makes the
   statement that long. Neither side asks for or offers DEPRECATE_EOF. */
#include "load.h"
#include <getopt.h>

enum { SIMPLE, PREP, TX, CONN, BIG, IDLE };
enum { QUIT = 1, INIT_DB = 2, QUERY = 3, FIELD_LIST = 4, PREPARE = 0x16, EXECUTE = 0x17, LONG_DATA = 0x18, STMT_CLOSE = 0x19, SET_OPTION = 0x1b };
enum { LONG_PASSWORD = 1, FOUND_ROWS = 2, WITH_DB = 8, PROTOCOL_41 = 0x200, TRANSACTIONS = 0x2000, SECURE = 0x8000,
       MULTI_STATEMENTS = 0x10000, MULTI_RESULTS = 0x20000, PLUGIN_AUTH = 0x80000 };
enum { GREETED, LOGGING_IN, PREPARING, WORKING };
enum { FULL = 0xffffff, HEAD = 256, STATEMENTS = 4096 };

/* One connection, of a client or of the fake server. A packet is never held whole: its first bytes are kept, the rest is
   counted. Packets of 16 MB go on in the next one and are told as one. */
typedef struct {
    int server, fd, state;
    uint8_t hdr[4]; int hlen; uint32_t left; long total;
    uint8_t head[HEAD]; int got;
    uint8_t *out; long outlen, outoff, outcap; int armed;
    /* a client's */
    uint64_t t0; int step, rows_follow, eofs, eofs_due, typed; uint32_t statement;
    /* the fake server's */
    int in_tx; long rows; uint8_t seq; uint32_t prepared; uint8_t *types_known;
} conn;

static int port, bport, conns = 1, mode, pid, ep, rbytes; static double secs = 3, warm = 1; static long rows = 51200;
static const char *user = "bench", *db = "bench", *label = "-", *modename = "simple";
static uint64_t done, bytes_in; static int measuring, stop, ready, failed, told;

/* ------------------------------------------------------------- bytes that are sent over and over, made once */
typedef struct { uint8_t *p; long n; } bytes;
static bytes q_simple, q_begin, q_commit, q_big, q_prepare, q_quit;
static bytes s_ok[2], s_eof[2], s_text[2], s_binary[2], s_prepared, s_row; /* [1]: inside a transaction */

static void le(uint8_t *p, uint32_t v, int n) { for (int i = 0; i < n; i++) p[i] = v >> 8 * i; }
static uint32_t from_le(const uint8_t *p, int n) { uint32_t v = 0; for (int i = 0; i < n; i++) v |= (uint32_t)p[i] << 8 * i; return v; }
static long packet(uint8_t *out, uint8_t *seq, const void *payload, long n) { /* returns the length with all headers */
    uint8_t *o = out; const uint8_t *p = payload;
    for (;;) {
        long k = n < FULL ? n : FULL;
        le(o, k, 3); o[3] = (*seq)++; memcpy(o + 4, p, k);
        o += k + 4; p += k; n -= k;
        if (k < FULL) return o - out;
    }
}
static void add(bytes *b, uint8_t *seq, const void *payload, long n) {
    b->p = realloc(b->p, b->n + n + 4 * (n / FULL + 1));
    b->n += packet(b->p + b->n, seq, payload, n);
}
static bytes command(uint8_t what, const char *text, long n) {
    uint8_t *p = malloc(n + 1), seq = 0; bytes b = {0};
    p[0] = what; memcpy(p + 1, text, n); add(&b, &seq, p, n + 1); free(p);
    return b;
}
static void build(void) {
    static const uint8_t column[] = "\3def\0\0\0\1v\0\x0c\x2d\0\x14\0\0\0\x08\0\0\0\0"; /* v, LONGLONG; the literal's own 0 is the last */
    static const char select[] = "SELECT v FROM t WHERE id=1";
    long n = mode == SIMPLE && rbytes > (long)sizeof select + 4 ? rbytes : (long)sizeof select - 1;
    char *text = malloc(n + 1); memset(text, 'x', n); memcpy(text, select, sizeof select - 1);
    if (n > (long)sizeof select) { memcpy(text + sizeof select - 1, "/*", 2); memcpy(text + n - 2, "*/", 2); }
    q_simple = command(QUERY, text, n); free(text);
    q_begin = command(QUERY, "BEGIN", 5); q_commit = command(QUERY, "COMMIT", 6); q_quit = command(QUIT, "", 0);
    q_prepare = command(PREPARE, "SELECT v FROM t WHERE id=?", 26);
    char big[64]; q_big = command(QUERY, big, snprintf(big, sizeof big, "big %ld %d", rows, rbytes));
    for (int tx = 0; tx < 2; tx++) {
        uint8_t ok[] = {0, 0, 0, 2 | tx, 0, 0, 0}, eof[] = {0xfe, 0, 0, 2 | tx, 0}, seq = 1;
        add(&s_ok[tx], &seq, ok, sizeof ok); seq = 1;
        add(&s_eof[tx], &seq, eof, sizeof eof);
        for (int binary = 0; binary < 2; binary++) {
            bytes *b = binary ? &s_binary[tx] : &s_text[tx]; seq = 1;
            add(b, &seq, "\1", 1); add(b, &seq, column, sizeof column); add(b, &seq, eof, sizeof eof);
            if (binary) add(b, &seq, "\0\0\1\2\3\4\5\6\7\x08", 10); else add(b, &seq, "\x08" "12345678", 9);
            add(b, &seq, eof, sizeof eof);
        }
    }
    uint8_t seq = 1, eof[] = {0xfe, 0, 0, 2, 0};
    add(&s_prepared, &seq, "\0\0\0\0\0\1\0\1\0\0\0\0", 12); /* its number is put in when it is sent */
    for (int i = 0; i < 2; i++) { add(&s_prepared, &seq, column, sizeof column); add(&s_prepared, &seq, eof, sizeof eof); }
    s_row.n = rbytes + 9; s_row.p = malloc(s_row.n); memset(s_row.p, 'x', s_row.n);
    s_row.p[0] = 0xfe; le(s_row.p + 1, rbytes, 4); le(s_row.p + 5, 0, 4); /* the long form of a length, whatever the length */
}

/* ------------------------------------------------------------- sockets */
static void watch(conn *c, int op, int writable) {
    struct epoll_event ev = {.events = writable ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = c};
    epoll_ctl(ep, op, c->fd, &ev); c->armed = writable;
}
static uint8_t *room(conn *c, long n) {
    if (c->outlen + n > c->outcap) { c->outcap = (c->outlen + n) * 2; c->out = realloc(c->out, c->outcap); }
    return c->out + c->outlen;
}
static void more_rows(conn *c) { /* keeps at most 256 KiB and a row of them */
    while (c->rows && c->outlen - c->outoff < 262144) {
        uint8_t *p = room(c, s_row.n + 4 * (s_row.n / FULL + 1) + 9);
        c->outlen += packet(p, &c->seq, s_row.p, s_row.n);
        if (!--c->rows) c->outlen += packet(c->out + c->outlen, &c->seq, "\xfe\0\0\2\0", 5);
    }
}
static void flush(conn *c) {
    for (;;) {
        more_rows(c);
        if (c->outoff == c->outlen) { c->outoff = c->outlen = 0; if (c->armed) watch(c, EPOLL_CTL_MOD, 0); return; }
        ssize_t n = send(c->fd, c->out + c->outoff, c->outlen - c->outoff, MSG_NOSIGNAL);
        if (n < 0) { if (errno == EAGAIN && !c->armed) watch(c, EPOLL_CTL_MOD, 1); return; } /* what is broken is read as such */
        c->outoff += n;
        if (c->rows) { memmove(c->out, c->out + c->outoff, c->outlen - c->outoff); c->outlen -= c->outoff; c->outoff = 0; }
    }
}
static void put(conn *c, const void *p, long n) {
    ssize_t sent = c->outlen ? 0 : send(c->fd, p, n, MSG_NOSIGNAL);
    if (sent == n || (sent < 0 && errno != EAGAIN)) return;
    if (sent < 0) sent = 0;
    memcpy(room(c, n - sent), (const uint8_t *)p + sent, n - sent); c->outlen += n - sent;
    flush(c);
}
static void put_bytes(conn *c, bytes b) { put(c, b.p, b.n); }
/* returns -1 when the connection is done with, as on_packet does */
static int feed(conn *c, const uint8_t *p, const uint8_t *end, int (*on_packet)(conn *, long n, int seq)) {
    for (;;) {
        while (c->hlen < 4) {
            if (p == end) return 0;
            c->hdr[c->hlen++] = *p++;
            if (c->hlen == 4) { c->left = from_le(c->hdr, 3); c->total += c->left; }
        }
        long k = end - p < c->left ? end - p : c->left, keep = k < HEAD - c->got ? k : HEAD - c->got;
        memcpy(c->head + c->got, p, keep); c->got += keep; p += k; c->left -= k;
        if (c->left) return 0;
        c->hlen = 0;
        if (from_le(c->hdr, 3) == FULL) continue;
        long total = c->total;
        c->total = 0; c->got = 0;
        if (on_packet(c, total, c->hdr[3])) return -1;
    }
}

/* ------------------------------------------------------------- the fake server: trust log-in, one row */
static void greet(conn *c) {
    static uint32_t id = 10; uint8_t d[128], *p = d, o[160], seq = 0;
    uint32_t can = LONG_PASSWORD | FOUND_ROWS | WITH_DB | PROTOCOL_41 | TRANSACTIONS | SECURE | MULTI_STATEMENTS | MULTI_RESULTS | PLUGIN_AUTH;
    *p++ = 10; p += sprintf((char *)p, "8.0.30") + 1;
    le(p, ++id, 4); p += 4;
    memcpy(p, "abcdefgh", 9); p += 9;
    le(p, can, 2); p[2] = 45; le(p + 3, 2, 2); le(p + 5, can >> 16, 2); p[7] = 21; p += 8;
    memset(p, 0, 10); p += 10; memcpy(p, "ijklmnopqrst", 13); p += 13;
    p += sprintf((char *)p, "mysql_native_password") + 1;
    put(c, o, packet(o, &seq, d, p - d));
}
static void refuse(conn *c, const char *text) {
    uint8_t d[160], o[200], seq = 1; int n = sprintf((char *)d, "\xff%c%c#HY000%s", 0x51, 4, text);
    put(c, o, packet(o, &seq, d, n));
}
static int begins(conn *c, long n, const char *word) { return n > (long)strlen(word) && !strncasecmp((char *)c->head + 1, word, strlen(word)); }
static void answer_query(conn *c, long n) {
    c->head[n < HEAD ? n : HEAD - 1] = 0;
    if (sscanf((char *)c->head + 1, "big %ld", &c->rows) == 1 && c->rows > 0) {
        long header = s_text[0].n - (4 + 9) - (4 + 5); /* all but the row and what follows it */
        memcpy(room(c, header), s_text[0].p, header); c->outlen += header; c->seq = 4;
        flush(c);
    } else if (begins(c, n, "SEL") || begins(c, n, "SHOW")) put_bytes(c, s_text[c->in_tx]);
    else {
        if (begins(c, n, "BEGIN") || begins(c, n, "START")) c->in_tx = 1;
        if (begins(c, n, "COMMIT") || begins(c, n, "ROLLBACK")) c->in_tx = 0;
        put_bytes(c, s_ok[c->in_tx]);
    }
}
static void answer_execute(conn *c, long n) { /* number, flags, iterations, NULLs, whether types follow */
    uint32_t id = n > 11 ? from_le(c->head + 1, 4) : 0;
    if (!id || id > c->prepared) { refuse(c, "unknown statement"); return; }
    if (id < STATEMENTS) {
        if (!c->types_known) c->types_known = calloc(STATEMENTS, 1);
        if (c->head[11]) c->types_known[id] = 1;
        else if (!c->types_known[id]) { refuse(c, "an execution without types, and none were told before"); return; }
    }
    put_bytes(c, s_binary[c->in_tx]);
}
static int on_command(conn *c, long n, int seq) {
    if (c->state == GREETED) {
        uint8_t o[16], next = seq + 1; c->state = WORKING;
        put(c, o, packet(o, &next, s_ok[0].p + 4, s_ok[0].n - 4));
        return 0;
    }
    switch (n ? c->head[0] : 0) {
    case QUIT: return -1;
    case QUERY: answer_query(c, n); break;
    case PREPARE: le(s_prepared.p + 5, ++c->prepared, 4); put_bytes(c, s_prepared); break;
    case EXECUTE: answer_execute(c, n); break;
    case LONG_DATA: case STMT_CLOSE: break;
    case SET_OPTION: case FIELD_LIST: put_bytes(c, s_eof[c->in_tx]); break;
    default: put_bytes(c, s_ok[c->in_tx]); break;
    }
    return 0;
}

/* ------------------------------------------------------------- clients */
static int c_open(conn *c) {
    c->fd = tcp_connect(port, 1);
    if (c->fd < 0) return -1;
    c->state = GREETED; c->hlen = c->got = c->total = c->left = c->outlen = c->outoff = c->step = c->rows_follow = c->eofs = c->typed = 0;
    c->t0 = now_ns();
    watch(c, EPOLL_CTL_ADD, 0);
    return 0;
}
static void execute(conn *c) {
    uint8_t d[32] = {EXECUTE}, o[40], seq = 0; int n = 11;
    le(d + 1, c->statement, 4); d[6] = 1; /* iterations */
    if (!c->typed) { d[n++] = 1; d[n++] = 8; d[n++] = 0; c->typed = 1; } else d[n++] = 0;
    le(d + n, 1, 4); le(d + n + 4, 0, 4); n += 8;
    put(c, o, packet(o, &seq, d, n));
}
static void fire(conn *c) {
    if (stop) return;
    c->rows_follow = c->eofs = 0;
    if (!c->step) c->t0 = now_ns();
    switch (mode) {
    case SIMPLE: put_bytes(c, q_simple); break;
    case PREP: execute(c); break;
    case TX: put_bytes(c, c->step == 0 ? q_begin : c->step == 1 ? q_simple : q_commit); break;
    case BIG: put_bytes(c, q_big); break;
    default: break;
    }
}
static void count(conn *c) { if (measuring) { hist[hidx(now_ns() - c->t0)]++; done++; } }
static void answered(conn *c) {
    if (mode == TX && c->step < 2) c->step++;
    else { c->step = 0; count(c); }
    fire(c);
}
static void complain(const char *text, int n) {
    failed++;
    if (told++ < 5) fprintf(stderr, "%s: %.*s\n", label, n, text);
    if (failed > 2000) exit(2);
}
static void log_in(conn *c) {
    uint8_t d[160] = {0}, *p = d, o[200], seq = 1;
    le(p, LONG_PASSWORD | WITH_DB | PROTOCOL_41 | TRANSACTIONS | SECURE | PLUGIN_AUTH, 4); le(p + 4, 16 << 20, 4); p[8] = 45; p += 32;
    p += snprintf((char *)p, 40, "%s", user) + 1; *p++ = 0; p += snprintf((char *)p, 40, "%s", db) + 1;
    p += sprintf((char *)p, "mysql_native_password") + 1;
    put(c, o, packet(o, &seq, d, p - d)); c->state = LOGGING_IN;
}
static int logged_in(conn *c) {
    ready++; c->state = WORKING;
    if (mode == CONN) {
        count(c); put_bytes(c, q_quit); close(c->fd);
        if (!stop && c_open(c)) failed++;
        return -1;
    }
    if (mode == PREP) { c->state = PREPARING; c->eofs_due = -1; put_bytes(c, q_prepare); }
    else fire(c);
    return 0;
}
static int lost(conn *c) {
    close(c->fd);
    if (stop) return -1;
    if (c->state > LOGGING_IN) ready--;
    if (measuring && mode != CONN) complain("connection lost", 15); else failed++;
    usleep(measuring ? 0 : 1000); /* refused because of the backend of the run before: come again */
    if (failed > 2000 || c_open(c)) { fprintf(stderr, "%s: cannot connect\n", label); exit(2); }
    return -1;
}
static int on_answer(conn *c, long n, int seq) { /* returns -1 when c->fd is another now */
    int first = n ? c->head[0] : 0, is_eof = first == 0xfe && n < 9;
    if (first == 0xff && c->state != WORKING) { complain((char *)c->head + 3, n < HEAD ? n - 3 : HEAD - 3); return lost(c); }
    switch (c->state) {
    case GREETED: log_in(c); return 0;
    case LOGGING_IN:
        if (first == 0xfe) { uint8_t o[8], next = seq + 1; put(c, o, packet(o, &next, "", 0)); return 0; } /* another plugin: still no password */
        return logged_in(c);
    case PREPARING:
        if (c->eofs_due < 0) { c->statement = from_le(c->head + 1, 4); c->eofs_due = (from_le(c->head + 5, 2) > 0) + (from_le(c->head + 7, 2) > 0); }
        else if (is_eof) c->eofs_due--;
        if (!c->eofs_due) { c->state = WORKING; fire(c); }
        return 0;
    default: break;
    }
    if (first == 0xff) { complain((char *)c->head + 3, n < HEAD ? n - 3 : HEAD - 3); c->step = 0; fire(c); }
    else if (!c->rows_follow) { if (first) c->rows_follow = 1; else answered(c); }
    else if (is_eof && ++c->eofs == 2) answered(c);
    return 0;
}

/* ------------------------------------------------------------- the loop */
static uint8_t rb[1 << 20];
static void on_event(conn *c, uint32_t events) {
    if (events & EPOLLOUT) flush(c);
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
    ssize_t n = recv(c->fd, rb, sizeof rb, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (c->server) {
        if (n > 0 && !feed(c, rb, rb + n, on_command)) return;
        close(c->fd); free(c->out); free(c->types_known); free(c);
    } else if (!stop) {
        if (n <= 0) { lost(c); return; }
        if (measuring) bytes_in += n;
        feed(c, rb, rb + n, on_answer);
    }
}
static void on_accept(int lfd) {
    int fd, one = 1;
    while ((fd = accept4(lfd, 0, 0, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        conn *c = calloc(1, sizeof *c); c->server = 1; c->fd = fd;
        watch(c, EPOLL_CTL_ADD, 0); greet(c);
    }
}
static void options(int ac, char **av) {
    static const char *modes[] = {"simple", "prep", "tx", "conn", "big", "idle"};
    int o, known = 1;
    while ((o = getopt(ac, av, "P:b:c:t:w:m:p:u:d:L:n:s:")) != -1) switch (o) {
        case 'P': port = atoi(optarg); break; case 'b': bport = atoi(optarg); break; case 'c': conns = atoi(optarg); break;
        case 't': secs = atof(optarg); break; case 'w': warm = atof(optarg); break; case 'p': pid = atoi(optarg); break;
        case 'u': user = optarg; break; case 'd': db = optarg; break; case 'L': label = optarg; break;
        case 'n': rows = atol(optarg); break; case 's': rbytes = atoi(optarg); break;
        case 'm': known = 0; modename = optarg; for (int i = 0; i < 6; i++) if (!strcmp(optarg, modes[i])) { mode = i; known = 1; } break;
        default: exit(1);
    }
    if (!known) { fprintf(stderr, "myload: no mode %s\n", modename); exit(1); }
    if (mode == BIG && !rbytes) rbytes = 1000;
}
int main(int ac, char **av) {
    options(ac, av);
    struct rlimit rl = {20000, 20000}; setrlimit(RLIMIT_NOFILE, &rl);
    build();
    ep = epoll_create1(0);
    int lfd = -1, opened = 0; struct epoll_event ev, evs[1024];
    if (bport) { lfd = tcp_listen(bport); ev.events = EPOLLIN; ev.data.ptr = &bport; epoll_ctl(ep, EPOLL_CTL_ADD, lfd, &ev); }
    conn *cs = calloc(conns, sizeof *cs);
    uint64_t start = now_ns(), t_meas = 0, t_end = 0; usage_t u0 = {0}, u1 = {0}; struct rusage r0 = {0}, r1 = {0};
    for (;;) {
        while (!stop && opened < conns && opened - ready < 64) if (c_open(&cs[opened])) { if (++failed > 2000) { fprintf(stderr, "%s: cannot connect\n", label); exit(2); } usleep(1000); break; } else opened++;
        uint64_t t = now_ns();
        if (!t_meas && opened == conns && ready >= conns && t - start > warm * 1e9) {
            measuring = 1; failed = 0; u0 = usage(pid); getrusage(RUSAGE_SELF, &r0); t = t_meas = now_ns();
        }
        if (!t_meas && t - start > 20e9) { fprintf(stderr, "%s: setup timed out (%d of %d ready)\n", label, ready, conns); exit(3); }
        if (t_meas && !t_end && t - t_meas > secs * 1e9) {
            t_end = t; u1 = usage(pid); getrusage(RUSAGE_SELF, &r1);
            /* the clients leave first and the fake server serves on until all is quiet, see pgload */
            stop = 1; measuring = 0;
            for (int i = 0; i < opened; i++) close(cs[i].fd);
        }
        int n = epoll_wait(ep, evs, 1024, 100);
        if (t_end && (n == 0 || t - t_end > 3e9)) break;
        for (int i = 0; i < n; i++) if (evs[i].data.ptr == &bport) on_accept(lfd); else on_event(evs[i].data.ptr, evs[i].events);
    }
    double el = (t_end - t_meas) / 1e9, d = done ? done : 1, cpu = spent(u0, u1), mb = bytes_in / 1e6;
    if (mode == BIG) printf("%-16s %-6s c=%-4d MB/s=%.0f MB/cpu-s=%.0f u=%.2f s=%.2f cpu%%=%.0f rss=%.1fMB fail=%d\n", label, modename, conns, mb / el,
                            cpu > 0 ? mb / cpu : 0, u1.u - u0.u, u1.s - u0.s, cpu / el * 100, u1.rss / 1048576.0, failed);
    else printf("%-16s %-6s c=%-4d tps=%-7.0f p50=%-7.1f p99=%-7.1f p999=%-7.1f cpu/tx=%.2f u=%.2f s=%.2f cpu%%=%.0f gen=%.2f rss=%.1fMB fail=%d\n",
                label, modename, conns, done / el, percentile(.5, done) / 1e3, percentile(.99, done) / 1e3, percentile(.999, done) / 1e3,
                cpu * 1e6 / d, (u1.u - u0.u) * 1e6 / d, (u1.s - u0.s) * 1e6 / d, cpu / el * 100, own_cpu(r0, r1) * 1e6 / d, u1.rss / 1048576.0, failed);
    return 0;
}
