package dev.weir.mysql.packet;

/** What a server sends. */
public sealed interface ServerPacket extends Packet
    permits
    AuthMoreData, AuthSwitchRequest, ColumnCount, ColumnDefinition41, Eof, Err, HandshakeV10,
    LocalInfileRequest, Ok, Progress, StmtPrepareOk {}
