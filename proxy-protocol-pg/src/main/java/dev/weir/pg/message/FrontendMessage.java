package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** What a client sends. */
public sealed interface FrontendMessage
    permits
    Bind, CancelRequest, Close, CopyData, CopyDone, CopyFail, Describe, Execute, Flush,
    GssEncRequest, Parse, PasswordMessage, Query, SaslInitialResponse, SaslResponse,
    SslRequest, StartupMessage, Sync, Terminate {

  /** Appends the complete message with its length and, after the startup phase, its tag. */
  void encode(ByteBuf out);
}
