package dev.weir.core.pg;

import dev.weir.core.error.Refusal;
import dev.weir.pg.message.NotificationResponse;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Whoever a server connection serves at the moment: a client session, or a query of our own. On the server's worker. */
interface Tenant {
  /** Whole messages, or parts of long ones, in order; ownership passes. */
  void receive(ByteBuf bytes);

  /** The tenant cannot take more: the server's reads stop until {@link PgServer#resume}. */
  boolean congested();

  /** Whether a notification that the server has heard is not for the tenant's stream. */
  default boolean hides(NotificationResponse notification) {
    return false;
  }

  /** A parameter was reported to the tenant. */
  void parameterChanged(int index, String value);

  /** The answer that was due is ours to give: ParseComplete or CloseComplete. */
  void answerFake(byte kind);

  /** A request was thrown away by the server after an error: undo what was noted for it. */
  void undone(ReplyNote note);

  /** The client's statements are gone by its own command ({@code DISCARD ALL}, {@code DEALLOCATE ALL}). */
  void statementsDiscarded();

  /** ReadyForQuery; {@code ready} when nothing more is due. The tenant may release the server. */
  void readyForQuery(byte status, boolean ready);

  /** All that was asked before {@link PgServer#hurry} is answered, though perhaps not by a ReadyForQuery. */
  void caughtUp();

  /** The injected parameter settings are done; null or the server's complaint. */
  void synced(@Nullable String complaint);

  /** A row of the answer to {@link ReplyNote.Sync#AUDIT}; valid only during the call. */
  void audited(ByteBuf row);

  /** The server is gone; the tenant no longer has one. */
  void serverLost(Refusal why);
}
