package dev.weir.core.control;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What an operator can do. Called on the control thread. A method that cannot do what is asked throws {@link
 * ControlException} with the exact text for the operator; a stage completes when the wait is over, or exceptionally with
 * a {@link ControlException}. Cancelling a stage's future abandons the wait only.
 */
public interface ProxyControl {
  /** How a shutdown waits. */
  enum ShutdownMode {
    IMMEDIATE, WAIT_FOR_SERVERS, WAIT_FOR_CLIENTS
  }

  /** @throws ControlException code F0000 when the configuration was refused; then nothing has changed */
  void reload();

  /**
   * Sets one setting until the next reload; throws {@code SET failed} when key or value is wrong.
   *
   * @return what the operator should know beside; null for nothing
   */
  @Nullable
  String set(String key, String value);

  /** @param database null for all */
  CompletionStage<Void> pause(@Nullable String database);

  void resume(@Nullable String database);

  CompletionStage<Void> suspend();

  void disable(String database);

  void enable(String database);

  void reconnect(@Nullable String database);

  void kill(@Nullable String database);

  void killClient(long id);

  CompletionStage<Void> waitClose(@Nullable String database);

  void shutdown(ShutdownMode mode);

  /** A cancel request reached a console: ends a global PAUSE or SUSPEND, except during shutdown. */
  void interruptPause();
}
