package dev.weir.admin.service;

import dev.weir.admin.http.RestServer;
import dev.weir.admin.job.Scheduler;
import dev.weir.admin.proxysql.ProxysqlAdmin;
import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlModule;
import dev.weir.core.control.MysqlView;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the REST port and the scheduler as the loaded configuration wants them. Thread-safe. */
public final class AdminServices implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminServices.class);

  private final ProxysqlAdmin admin;
  private final MysqlView view;
  private final Executor controlThread;
  private final Scheduler scheduler = new Scheduler();
  private volatile MysqlConfig config;
  private @Nullable RestServer rest;
  private long restPort = -1;
  private @Nullable Thread clock;

  /** Nothing runs before {@link #start}. */
  public AdminServices(ProxysqlAdmin admin, MysqlView view, Executor controlThread) {
    this.admin = admin;
    this.view = view;
    this.controlThread = controlThread;
    this.config = admin.running();
  }

  public synchronized void start() {
    loaded(MysqlModule.ADMIN_VARIABLES, config);
    loaded(MysqlModule.SCHEDULER, config);
    clock = Thread.ofVirtual().name("stats-history").start(this::keepHistory);
  }

  private void keepHistory() {
    try {
      while (true) {
        admin.keepHistory(Instant.now().getEpochSecond());
        Thread.sleep(1000);
      }
    } catch (InterruptedException _) {
      // the end
    }
  }

  /** A module has been loaded to runtime. A port that cannot be opened is a line in the log; the rest goes on. */
  public synchronized void loaded(MysqlModule module, MysqlConfig next) {
    config = next;
    switch (module) {
      case ADMIN_VARIABLES -> rest();
      case SCHEDULER -> scheduler.runs(next.rows(ConfigTables.SCHEDULER));
      case SERVERS, USERS, QUERY_RULES, FIREWALL, MYSQL_VARIABLES, RESTAPI, PROXYSQL_SERVERS -> {
        // read when they are needed
      }
    }
  }

  private void rest() {
    long wanted = config.variables().flag("admin-restapi_enabled")
        ? config.variables().whole("admin-restapi_port")
        : -1;
    if (wanted == restPort) {
      return;
    }
    closeRest();
    restPort = wanted;
    if (wanted >= 0) {
      try {
        rest = RestServer.start(new InetSocketAddress((int) wanted), () -> config, view,
            admin.messages(), controlThread);
      } catch (IOException e) {
        LOG.error("{}", e.getMessage());
        restPort = -1;
      }
    }
  }

  private void closeRest() {
    RestServer running = rest;
    if (running != null) {
      running.close();
      rest = null;
    }
  }

  @Override
  public synchronized void close() {
    if (clock != null) {
      clock.interrupt();
    }
    scheduler.close();
    closeRest();
  }
}
