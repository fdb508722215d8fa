package dev.weir.core.control;

import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlModule;

/**
 * What an operator can do to the MySQL side. Called on the control thread. A method that cannot do what is asked throws
 * {@link ControlException} with the exact text for the operator, and nothing has changed then.
 */
public interface MysqlControl {
  /**
   * Runs on {@code next} from now on.
   *
   * @param changed the module that was loaded; the others are as they were
   * @throws ControlException when no proxy can run on it: a pattern that is none, a listener that cannot be opened
   */
  void apply(MysqlModule changed, MysqlConfig next);

  /** Ends a session; false when there is none of that number. */
  boolean killSession(long sessionId);

  /** Closes the traffic listeners; sessions go on. */
  void pauseTraffic();

  void resumeTraffic();

  /** Ends all traffic: listeners, sessions, servers, checks. The admin port stays. */
  void stopTraffic();

  void startTraffic();

  /** @param slow whether sessions may end their transactions first */
  void shutdown(boolean slow);

  /** Answers how many results were dropped. */
  long flushQueryCache();

  void flushLogs();

  void flushClientHosts();

  /** Reads certificates anew. */
  void reloadTls();

  /** Forgets all digests without listing them; answers how many there were. */
  long forgetQueryDigests();
}
