package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** What a server sends. */
public sealed interface BackendMessage
    permits
    Authentication, BackendKeyData, BindComplete, CloseComplete, CommandComplete,
    CopyBothResponse, CopyData, CopyDone, CopyInResponse, CopyOutResponse, DataRow,
    EmptyQueryResponse, ErrorResponse, NegotiateProtocolVersion, NoData, NoticeResponse,
    NotificationResponse, ParameterDescription, ParameterStatus, ParseComplete,
    PortalSuspended, ReadyForQuery, RowDescription {

  /** Appends the complete message with its length and, after the startup phase, its tag. */
  void encode(ByteBuf out);
}
