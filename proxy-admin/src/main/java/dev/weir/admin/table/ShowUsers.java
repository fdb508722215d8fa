package dev.weir.admin.table;

import dev.weir.core.control.Access;
import dev.weir.core.control.ProxyView;
import dev.weir.core.control.UserView;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code SHOW USERS}. */
record ShowUsers(ProxyView view) implements ShowTable<UserView> {
  private static final Columns<UserView> COLUMNS = Columns.<UserView>of()
      .text("name", "The user.", UserView::name)
      .text("pool_size", "Its own pool size, nine characters wide; empty when inherited.",
          user -> padded(user.poolSize()))
      .text("reserve_pool_size", "Its own reserve, nine characters wide; empty when inherited.",
          user -> padded(user.reservePoolSize()))
      .text("pool_mode", "Its own pool mode; NULL when inherited.", UserView::poolMode)
      .count("max_user_connections", "Most servers; 0 is unlimited.", UserView::maxUserConnections)
      .count("current_connections", "Servers now.", UserView::currentConnections)
      .count("max_user_client_connections", "Most clients; 0 is unlimited.",
          UserView::maxUserClientConnections)
      .count("current_client_connections", "Clients now.", UserView::currentClientConnections);

  @Override
  public String name() {
    return "USERS";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "Known users, with their own limits and how much of them is in use.";
  }

  @Override
  public Columns<UserView> columns() {
    return COLUMNS;
  }

  @Override
  public List<UserView> rows() {
    return view.users();
  }

  /** The original prints sizes as text, nine characters wide, and nothing when they are inherited. */
  private static String padded(@Nullable Integer size) {
    return size == null ? "" : String.format(Locale.ROOT, "%9d", size);
  }
}
