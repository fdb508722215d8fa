package dev.weir.core.net.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * Netty's handler for a connection whose handshake is all but done. Closes a connection whose peer begins to renegotiate:
 * BoringSSL refuses that by itself, the JDK's engine would do it.
 */
final class SteadySslHandler extends SslHandler {
  private final boolean mustWatch;

  SteadySslHandler(SSLEngine engine, Executor executor) {
    super(engine, false, executor);
    setHandshakeTimeoutMillis(0); // the login deadline covers it
    mustWatch = !(engine instanceof ReferenceCountedOpenSslEngine);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws SSLException {
    super.decode(ctx, in, out);
    if (mustWatch && engine().getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
        && handshakeFuture().isSuccess()
        && !engine().getSession().getProtocol().equals("TLSv1.3")) {
      ctx.close();
    }
  }
}
