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
}
