package dev.weir.app.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells systemd how we are, as sd_notify(3) does. Silent where no service manager listens. Any thread. */
public final class ServiceManager {
  private static final Logger log = LoggerFactory.getLogger(ServiceManager.class);

  private final @Nullable String socketPath;

  private ServiceManager(@Nullable String socketPath) {
    this.socketPath = socketPath;
  }

  /** @param socketPath value of NOTIFY_SOCKET; null or empty where there is no service manager */
  public static ServiceManager at(@Nullable String socketPath) {
    return new ServiceManager(socketPath == null || socketPath.isEmpty() ? null : socketPath);
  }

  public void ready() {
    send("READY=1");
  }

  /** Type=notify-reload units want the time of the reload, by the monotonic clock, which is what nanoTime reads. */
  public void reloading() {
    send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
  }

  public void stopping() {
    send("STOPPING=1");
  }

  /** One line that {@code systemctl status} shows. */
  public void status(String line) {
    send("STATUS=" + line.replace('\n', ' '));
  }

  private synchronized void send(String message) {
    if (socketPath == null) {
      return;
    }
    try (UnixDatagram socket = UnixDatagram.to(socketPath)) {
      socket.send(message.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      log.warn("cannot notify the service manager at {}: {}", socketPath, e.getMessage());
    }
  }
}
