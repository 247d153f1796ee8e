/** The callback is not taken: the fault is in the request, and nothing came of it. */
final class Refused extends Exception {
    final int status;

    Refused(int status, String reason) {
        super(reason, null, false, false);
        this.status = status;
    }
}
