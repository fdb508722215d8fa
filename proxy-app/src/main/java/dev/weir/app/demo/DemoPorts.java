package dev.weir.app.demo;

/** Where the demo listens: PostgreSQL's clients, metrics, MySQL's clients, the MySQL console. */
public record DemoPorts(int postgres, int http, int mysql, int admin) {}
