package dev.weir.core.mysql;

import dev.weir.core.config.Config;
import dev.weir.core.config.WeirSettings;
import dev.weir.core.error.Refusal;
import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.packet.ServerStatus;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How many of a pool's servers sessions may keep between transactions, and for how long. Immutable; asked on the
 * session's worker.
 *
 * @param sharePercent of pool_size; 0 is no limit
 * @param timeoutNanos 0 is no limit
 */
record PinLimits(int sharePercent, long timeoutNanos) {
  static final PinLimits NONE = new PinLimits(0, 0);
  private static final int ALL = 100;
  private static final int UNKNOWN_ERROR = 1105;

  static PinLimits of(Config config) {
    int share = config.get(WeirSettings.MAX_PINNED_SHARE);
    return new PinLimits(share == ALL ? 0 : share,
        config.get(WeirSettings.PIN_TIMEOUT).toNanos());
  }

  /**
   * Why the session's current statement may not run on that server: it would keep it, and too many are kept already. Null
   * when it may; then the session is counted among those that keep one until its command is over.
   */
  @Nullable
  Refusal refuses(MysqlSession session, MysqlServer on) {
    Statement statement = session.current().statement();
    if (sharePercent == 0 || statement == null || session.home().keepsServer()) {
      return null;
    }
    List<Effect> effects = statement.classification().effects();
    MysqlAccount account = on.owner().account();
    int size = account.servers().max();
    if (effects.isEmpty() || size == 0 || session.pins().isCounted()) {
      return null;
    }
    Pins.Reason reason = PinForecast.lasting(effects, session.variables(), session::readText);
    int most = size * sharePercent / ALL;
    if (reason == null || session.pins().count(account.pinned(), most)) {
      return null;
    }
    return new Refusal("HY000", UNKNOWN_ERROR,
        "max_pinned_share: sessions may keep " + most + " of the " + size
            + " servers of this pool between transactions and do so; this statement would keep"
            + " another (" + reason.text() + ")");
  }

  /** Why a session between commands has to end; null when it has not. */
  @Nullable
  Refusal overdue(MysqlSession session, long now) {
    if (timeoutNanos == 0 || ServerStatus.has(session.status(), ServerStatus.IN_TRANSACTION)
        || now - session.times().lastBusyNanos() < timeoutNanos) {
      return null;
    }
    ParkedServers parked = session.parked();
    Pins lasting = session.pins().outlastsStatement()
        ? session.pins()
        : parked == null ? null : parked.lastingPins();
    if (lasting == null || session.home().keepsServer()) {
      return null;
    }
    return new Refusal("HY000", UNKNOWN_ERROR,
        "pin_timeout: the session has kept its server idle for "
            + TimeUnit.NANOSECONDS.toSeconds(timeoutNanos) + " s (" + lasting.describe() + ")");
  }
}
