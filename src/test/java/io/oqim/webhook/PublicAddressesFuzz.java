package io.oqim.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** No way to write an address makes one of ours look like one of the Internet's. */
class PublicAddressesFuzz {
    @FuzzTest(maxDuration = "2m")
    void whatIsNearIsNeverPublic(FuzzedDataProvider data) throws UnknownHostException {
        byte[] four = Arrays.copyOf(data.consumeBytes(4), 4);
        byte[] sixteen = Arrays.copyOf(data.consumeBytes(16), 16);
        InetAddress v4 = InetAddress.getByAddress(four);
        InetAddress v6 = InetAddress.getByAddress(sixteen);

        assertNearIsNotPublic(v4);
        assertNearIsNotPublic(v6);
        // However an address of IPv4 is wrapped, it is as public as it is, or less.
        for (byte[] wrapped :
                new byte[][] {
                    wrapped(new byte[] {}, 12, four),
                    wrapped(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1}, 12, four),
                    wrapped(new byte[] {0x20, 0x02}, 2, four),
                    wrapped(new byte[] {0, 0x64, -1, -101}, 12, four)
                }) {
            boolean open = PublicAddresses.contain(InetAddress.getByAddress(wrapped));
            assertThat(open && !PublicAddresses.contain(v4)).as("%s", v4).isFalse();
        }
    }

    private static byte[] wrapped(byte[] prefix, int at, byte[] four) {
        byte[] all = Arrays.copyOf(prefix, 16);
        System.arraycopy(four, 0, all, at, 4);
        return all;
    }

    private static void assertNearIsNotPublic(InetAddress address) {
        boolean near =
                address.isLoopbackAddress()
                        || address.isSiteLocalAddress()
                        || address.isLinkLocalAddress()
                        || address.isAnyLocalAddress()
                        || address.isMulticastAddress();
        assertThat(near && PublicAddresses.contain(address)).as("%s", address).isFalse();
    }
}
