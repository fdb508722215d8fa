package dev.weir.app;

import dev.weir.core.control.ControlException;
import dev.weir.core.control.ProxyControl;
import dev.weir.core.control.ProxyView;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/** Records what an operator asks for; a shutdown of any kind makes {@link #awaitExit} return. */
final class FakeProxy implements dev.weir.app.Proxy {
  final List<String> calls = new CopyOnWriteArrayList<>();
  final CountDownLatch exit = new CountDownLatch(1);
  volatile boolean paused;
  volatile boolean suspended;
  volatile boolean shuttingDown;
  volatile boolean refuseReload;
  volatile boolean waitsForever;
  volatile Executor controlThread = Runnable::run;

  @Override
  public ProxyControl control() {
    return (ProxyControl) Proxy.newProxyInstance(getClass().getClassLoader(),
        new Class<?>[]{ProxyControl.class},
        (_, method, arguments) -> {
          calls.add(method.getName()
              + (arguments == null || arguments[0] == null ? "" : " " + arguments[0]));
          switch (method.getName()) {
            case "reload" -> {
              if (refuseReload) {
                throw new ControlException("F0000",
                    "RELOAD failed, see logs for additional details");
              }
            }
            case "pause" -> paused = true;
            case "resume" -> {
              paused = false;
              suspended = false;
            }
            case "shutdown" -> {
              shuttingDown = true;
              if (!waitsForever) {
                exit.countDown();
              }
            }
            default -> throw new UnsupportedOperationException(method.getName());
          }
          return method.getReturnType() == void.class
              ? null
              : CompletableFuture.completedFuture(null);
        });
  }

  @Override
  public ProxyView view() {
    return (ProxyView) Proxy.newProxyInstance(getClass().getClassLoader(),
        new Class<?>[]{ProxyView.class},
        (_, method, _) -> switch (method.getName()) {
          case "paused" -> paused;
          case "suspended" -> suspended;
          default -> throw new UnsupportedOperationException(method.getName());
        });
  }

  @Override
  public Executor controlThread() {
    return controlThread;
  }

  @Override
  public boolean shuttingDown() {
    return shuttingDown;
  }

  @Override
  public int awaitExit() throws InterruptedException {
    exit.await();
    return 0;
  }

  @Override
  public void close() {
    calls.add("close");
    exit.countDown();
  }
}
