package dev.weir.core.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What clients take along from server to server, and what binds them to one. Each method is called on the control thread
 * and may wait for the workers; lists are snapshots.
 */
public interface StateView {
  /** Of all clients, a row for each reason. */
  List<PinView> pins();

  /** Of all clients. */
  List<LedgerView> ledgers();

  /**
   * Of one client.
   *
   * @param clientId the id of SHOW CLIENTS
   * @return null when there is no such client
   */
  @Nullable
  List<LedgerView> ledger(long clientId);

  /**
   * What a statement would do to its session and, where there are rules, where it would go. Nothing is sent or counted.
   *
   * @param clientId whose statement it would be; 0 for nobody's in particular
   * @return null when there is no such client
   */
  @Nullable
  List<RouteView> explain(String sql, long clientId);
}
