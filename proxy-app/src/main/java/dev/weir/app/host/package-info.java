/**
 * What the operating system offers a daemon: accounts, signals, pid files, datagram sockets. Knows nothing of proxies;
 * every class says which thread it wants.
 */
@NullMarked
package dev.weir.app.host;

import org.jspecify.annotations.NullMarked;
