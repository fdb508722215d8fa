package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.PeerView;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW PEER_POOLS}. */
record ShowPeerPools(ProxyView view) implements ShowTable<PeerView> {
  private static final Columns<PeerView> COLUMNS = Columns.<PeerView>of()
      .count("peer_id", "Number of the peer.", PeerView::id)
      .count("cl_active_cancel_req", "Clients whose cancel request has been sent on.",
          PeerView::clActiveCancelReq)
      .count("cl_waiting_cancel_req", "Clients whose cancel request waits to be sent on.",
          PeerView::clWaitingCancelReq)
      .count("sv_active_cancel", "Server connections that carry a cancel request.",
          PeerView::svActiveCancel)
      .count("sv_login", "Connections to the peer being opened.", PeerView::svLogin);

  @Override
  public String name() {
    return "PEER_POOLS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "Cancel requests on their way to the other members of a group.";
  }

  @Override
  public Columns<PeerView> columns() {
    return COLUMNS;
  }

  @Override
  public List<PeerView> rows() {
    return view.peers();
  }
}
