package io.sluice.agent.demo.shop;

/** What the apps and the demo must agree on about the outside service's key. */
public final class ShopKeys {
  /**
   * Protects nothing: the key is made at each start, lies in a directory that only root can read,
   * and goes with the demo. A PKCS #12 file must have some password.
   */
  public static final String PASSWORD = "fleetman";

  private ShopKeys() {}
}
