package dev.weir.pg.message;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.pg.WireBytes;
import dev.weir.pg.message.MessageFuzz.Decoder;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/** Messages of clients: a tag and a body without its length. {@code JAZZER_FUZZ=1} fuzzes. */
class FrontendFuzzTest {
  private static final List<Decoder<FrontendMessage>> DECODERS = List.of(
      new Decoder<>(FrontendTag.PASSWORD, PasswordMessage::decode),
      new Decoder<>(FrontendTag.PASSWORD, SaslInitialResponse::decode),
      new Decoder<>(FrontendTag.PASSWORD, SaslResponse::decode),
      new Decoder<>(FrontendTag.QUERY, Query::decode),
      new Decoder<>(FrontendTag.PARSE, Parse::decode),
      new Decoder<>(FrontendTag.BIND, Bind::decode),
      new Decoder<>(FrontendTag.DESCRIBE, Describe::decode),
      new Decoder<>(FrontendTag.CLOSE, Close::decode),
      new Decoder<>(FrontendTag.EXECUTE, Execute::decode),
      new Decoder<>(FrontendTag.SYNC, Sync::decode),
      new Decoder<>(FrontendTag.FLUSH, Flush::decode),
      new Decoder<>(FrontendTag.TERMINATE, Terminate::decode),
      new Decoder<>(FrontendTag.COPY_DATA, CopyData::decode),
      new Decoder<>(FrontendTag.COPY_DONE, CopyDone::decode),
      new Decoder<>(FrontendTag.COPY_FAIL, CopyFail::decode));

  @FuzzTest(maxDuration = "60s")
  void decodesOrRefuses(byte[] message) {
    MessageFuzz.run(message, DECODERS, m -> m::encode);
  }

  @FuzzTest(maxDuration = "60s")
  void readsTheHeadOfABindAsTheWhole(byte[] body) {
    Bind whole = WireBytes.decodeOrNull(body, Bind::decode);
    Bind.Head head = WireBytes.decodeOrNull(body, in -> Bind.readHead(in, 0, in.writerIndex()));
    if (whole != null && head == null) {
      throw new AssertionError("decoded as a whole, but its head was refused");
    }
    if (whole != null && head != null) {
      assertThat(head.portal()).isEqualTo(whole.portal());
      assertThat(head.statement()).isEqualTo(whole.statement());
    }
  }
}
