package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.PeerView;
import dev.weir.core.control.ProxyView;
import java.util.List;

/** {@code SHOW PEERS}. */
record ShowPeers(ProxyView view) implements ShowTable<PeerView> {
  private static final Columns<PeerView> COLUMNS = Columns.<PeerView>of()
      .count("peer_id", "Number of the peer.", PeerView::id)
      .text("host", "Its address; NULL when none is given.", PeerView::host)
      .count("port", "Its port.", PeerView::port)
      .count("pool_size", "Most connections to it.", PeerView::poolSize);

  @Override
  public String name() {
    return "PEERS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "The configured members of a group.";
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
