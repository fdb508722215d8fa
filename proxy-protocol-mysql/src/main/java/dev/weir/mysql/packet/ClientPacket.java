package dev.weir.mysql.packet;

/** What a client sends. */
public sealed interface ClientPacket extends Packet
    permits
    AuthResponse, ComChangeUser, ComFieldList, ComInitDb, ComProcessKill, ComQuery, ComSetOption,
    ComSimple, ComStmtBulkExecute, ComStmtClose, ComStmtExecute, ComStmtFetch, ComStmtPrepare,
    ComStmtReset, ComStmtSendLongData, HandshakeResponse41, SslRequest {}
