package dev.weir.core.pg;

import dev.weir.core.error.Refusal;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Stands in for a client that has left in the middle of something, until its server is closed. */
enum GoneTenant implements Tenant {
  INSTANCE;

  @Override
  public void receive(ByteBuf bytes) {
    bytes.release();
  }

  @Override
  public boolean congested() {
    return false;
  }

  @Override
  public void parameterChanged(int index, String value) {
    // nobody to tell
  }

  @Override
  public void answerFake(byte kind) {
    // nobody to tell
  }

  @Override
  public void undone(ReplyNote note) {
    // nobody to tell
  }

  @Override
  public void statementsDiscarded() {
    // nobody to tell
  }

  @Override
  public void readyForQuery(byte status, boolean ready) {
    // the server is about to be closed
  }

  @Override
  public void caughtUp() {
    // nobody waits
  }

  @Override
  public void synced(@Nullable String complaint) {
    // the server is about to be closed
  }

  @Override
  public void audited(ByteBuf row) {
    // has asked for nothing
  }

  @Override
  public void serverLost(Refusal why) {
    // as intended
  }
}
