/* What the load tools share: time, sockets, a histogram of latencies, the cost of another process. */
#ifndef LOAD_H
#define LOAD_H
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static inline uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}
static inline void die(const char *s) { perror(s); exit(1); }

/* TCPCC=reno|cubic picks the congestion control of the tool's own sockets (accepted ones inherit it) */
static inline void tcp_cc(int fd) { char *c = getenv("TCPCC"); if (c) setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, c, strlen(c)); }
static inline int tcp_listen(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    tcp_cc(fd);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(fd, (void *)&a, sizeof a) || listen(fd, 4096)) die("listen");
    return fd;
}
static inline int tcp_connect(int port, int nonblock) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    tcp_cc(fd);
    if (connect(fd, (void *)&a, sizeof a)) { close(fd); return -1; }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (nonblock) fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

/* ------------------------------------------------------------- latencies, in ns */
#define NB 4096
static uint64_t hist[NB];
static inline int hidx(uint64_t ns) { /* 64 sub-buckets per power of two */
    if (ns < 64) return ns;
    int e = 63 - __builtin_clzll(ns);
    int i = (e - 5) * 64 + ((ns >> (e - 6)) & 63);
    return i < NB ? i : NB - 1;
}
static inline double hval(int i) { if (i < 64) return i; int e = i / 64 + 5; return (double)((64ull + i % 64) << (e - 6)); }
static inline double percentile(double p, uint64_t done) {
    uint64_t seen = 0;
    for (int i = 0; i < NB; i++) if ((seen += hist[i]) && seen >= done * p) return hval(i);
    return 0;
}

/* ------------------------------------------------------------- what a process and its children cost */
typedef struct { double u, s, t; long rss; } usage_t; /* t: all threads' time on a CPU, in ns resolution; u and s count clock ticks */
static inline int isdesc(int p, int root) { /* is p == root or a descendant? */
    for (int i = 0; i < 8; i++) {
        if (p == root) return 1;
        if (p <= 1) return 0;
        char f[64], b[512]; snprintf(f, sizeof f, "/proc/%d/stat", p);
        FILE *h = fopen(f, "r"); if (!h) return 0;
        int ok = fgets(b, sizeof b, h) != 0; fclose(h); if (!ok) return 0;
        char *q = strrchr(b, ')'); int pp; if (!q || sscanf(q + 2, "%*c %d", &pp) != 1) return 0;
        p = pp;
    }
    return 0;
}
static inline usage_t usage(int root) {
    usage_t r = {0, 0, 0, 0};
    if (!root) return r;
    double tk = sysconf(_SC_CLK_TCK);
    DIR *d = opendir("/proc"); struct dirent *e;
    while ((e = readdir(d))) {
        int p = atoi(e->d_name);
        if (!p || !isdesc(p, root)) continue;
        char f[64], b[1024]; snprintf(f, sizeof f, "/proc/%d/stat", p);
        FILE *h = fopen(f, "r"); if (!h) continue;
        if (fgets(b, sizeof b, h)) {
            unsigned long ut, st; long cut, cst, rss;
            char *q = strrchr(b, ')') + 2;
            if (sscanf(q, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld %*d %*d %*d %*d %*u %*u %ld", &ut, &st, &cut, &cst, &rss) == 5) {
                r.u += ut / tk; r.s += st / tk; r.rss += rss * 4096;
                if (p == root) { r.u += cut / tk; r.s += cst / tk; }
            }
        }
        fclose(h);
        char td[32]; snprintf(td, sizeof td, "/proc/%d/task", p);
        DIR *ts = opendir(td); struct dirent *te;
        while (ts && (te = readdir(ts))) {
            unsigned long long ns; char tf[320]; if (te->d_name[0] == '.') continue;
            snprintf(tf, sizeof tf, "%s/%s/schedstat", td, te->d_name);
            FILE *th = fopen(tf, "r"); if (!th) continue;
            if (fscanf(th, "%llu", &ns) == 1) r.t += ns / 1e9;
            fclose(th);
        }
        if (ts) closedir(ts);
    }
    closedir(d);
    return r;
}
static inline double spent(usage_t a, usage_t b) { return b.t > 0 ? b.t - a.t : b.u - a.u + b.s - a.s; }
static inline double own_cpu(struct rusage a, struct rusage b) {
    return b.ru_utime.tv_sec - a.ru_utime.tv_sec + b.ru_stime.tv_sec - a.ru_stime.tv_sec +
           (b.ru_utime.tv_usec - a.ru_utime.tv_usec + b.ru_stime.tv_usec - a.ru_stime.tv_usec) / 1e6;
}
#endif
