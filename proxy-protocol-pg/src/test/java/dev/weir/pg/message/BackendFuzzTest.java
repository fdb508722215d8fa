package dev.weir.pg.message;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.pg.message.MessageFuzz.Decoder;
import java.util.List;

/** Messages of servers: a tag and a body without its length. {@code JAZZER_FUZZ=1} fuzzes. */
class BackendFuzzTest {
  private static final List<Decoder<BackendMessage>> DECODERS = List.of(
      new Decoder<>(BackendTag.AUTHENTICATION, Authentication::decode),
      new Decoder<>(BackendTag.BACKEND_KEY_DATA, BackendKeyData::decode),
      new Decoder<>(BackendTag.BIND_COMPLETE, BindComplete::decode),
      new Decoder<>(BackendTag.CLOSE_COMPLETE, CloseComplete::decode),
      new Decoder<>(BackendTag.COMMAND_COMPLETE, CommandComplete::decode),
      new Decoder<>(BackendTag.COPY_BOTH_RESPONSE, CopyBothResponse::decode),
      new Decoder<>(BackendTag.COPY_DATA, CopyData::decode),
      new Decoder<>(BackendTag.COPY_DONE, CopyDone::decode),
      new Decoder<>(BackendTag.COPY_IN_RESPONSE, CopyInResponse::decode),
      new Decoder<>(BackendTag.COPY_OUT_RESPONSE, CopyOutResponse::decode),
      new Decoder<>(BackendTag.DATA_ROW, DataRow::decode),
      new Decoder<>(BackendTag.EMPTY_QUERY_RESPONSE, EmptyQueryResponse::decode),
      new Decoder<>(BackendTag.ERROR_RESPONSE, ErrorResponse::decode),
      new Decoder<>(BackendTag.NEGOTIATE_PROTOCOL_VERSION, NegotiateProtocolVersion::decode),
      new Decoder<>(BackendTag.NO_DATA, NoData::decode),
      new Decoder<>(BackendTag.NOTICE_RESPONSE, NoticeResponse::decode),
      new Decoder<>(BackendTag.NOTIFICATION_RESPONSE, NotificationResponse::decode),
      new Decoder<>(BackendTag.PARAMETER_DESCRIPTION, ParameterDescription::decode),
      new Decoder<>(BackendTag.PARAMETER_STATUS, ParameterStatus::decode),
      new Decoder<>(BackendTag.PARSE_COMPLETE, ParseComplete::decode),
      new Decoder<>(BackendTag.PORTAL_SUSPENDED, PortalSuspended::decode),
      new Decoder<>(BackendTag.READY_FOR_QUERY, ReadyForQuery::decode),
      new Decoder<>(BackendTag.ROW_DESCRIPTION, RowDescription::decode));

  @FuzzTest(maxDuration = "60s")
  void decodesOrRefuses(byte[] message) {
    MessageFuzz.run(message, DECODERS, m -> m::encode);
  }
}
