package dev.weir.admin.console;

import dev.weir.admin.proxysql.AdminClient;
import dev.weir.admin.proxysql.ProxysqlAdmin;
import dev.weir.core.control.Answer;
import dev.weir.core.control.LocalEndpoint;
import dev.weir.core.control.LocalSession;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Both consoles as one: PgBouncer's commands and ProxySQL's admin port, by either wire. Where both know a statement, the
 * wire decides: psql means PgBouncer, mysql means ProxySQL. Thread-safe.
 */
public final class AdminConsole implements LocalEndpoint {
  private final Console pgbouncer;
  private final ProxysqlAdmin proxysql;

  public AdminConsole(Console pgbouncer, ProxysqlAdmin proxysql) {
    this.pgbouncer = pgbouncer;
    this.proxysql = proxysql;
  }

  @Override
  public LocalSession open(LocalClient client) {
    return new Session(pgbouncer.openSession(client), proxysql,
        new AdminClient(client.user(), client.access(), client.id()), client.wire());
  }

  /** One client of both. */
  private record Session(ConsoleSession pgbouncer, ProxysqlAdmin proxysql, AdminClient client,
      Wire wire) implements LocalSession {

    @Override
    public Iterable<Map.Entry<String, String>> greeting() {
      return pgbouncer.greeting();
    }

    @Override
    public CompletionStage<Answer> run(String statement, List<@Nullable Object> parameters) {
      return meansProxysql(statement)
          ? proxysql.run(client, statement, parameters)
          : pgbouncer.run(statement, parameters);
    }

    @Override
    public CompletionStage<Description> describe(String statement) {
      return meansProxysql(statement)
          ? proxysql.describe(client, statement)
          : pgbouncer.describe(statement);
    }

    /** What neither knows is an error in the words of the client's own console. */
    private boolean meansProxysql(String statement) {
      return switch (wire) {
        case PG -> !pgbouncer.knows(statement) && ProxysqlAdmin.knows(statement);
        case MYSQL -> ProxysqlAdmin.knows(statement) || !pgbouncer.knows(statement)
            || ProxysqlAdmin.answersQuietly(statement);
      };
    }

    @Override
    public void cancel() {
      proxysql.interrupt(client);
      pgbouncer.cancel();
    }

    @Override
    public void closed() {
      proxysql.interrupt(client);
      pgbouncer.closed();
    }
  }
}
