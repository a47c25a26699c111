package io.oqim.websocket;

/** Why a connection ends. The first reason stays; what follows from it is not news. */
record Ending(int code, String reason) {
    static final Ending ABNORMAL = new Ending(CloseCode.ABNORMAL, "");

    /** The Close frame that says so; a Close without a code is answered by one without a code. */
    ControlFrame frame() {
        return code == CloseCode.NO_CODE ? ControlFrame.close() : ControlFrame.close(code, reason);
    }
}
