// SPDX-License-Identifier: Apache-2.0
// The floor of the comparison: answers frames with as many bytes as cloakroomd would, and does nothing else. READ: its field
// "wait" is the number of bytes of data in the answer, 0 for ABSENT. WRITE: WRITTEN. TOUCH and RELEASE are not answered.
//   echo SOCKET
#include "frames.h"

void serve_frame(int descriptor, const unsigned char *frame, size_t size) {
    (void)size;
    uint32_t wanted;
    switch (frame[4]) {
    case READ:
        wanted = get32(frame + 6);
        if (wanted > LARGEST - 64) wanted = LARGEST - 64;
        if (wanted > 0) send_answer(descriptor, 0x82, 9 + wanted);
        else send_answer(descriptor, 0x83, 2);
        break;
    case WRITE:
        send_answer(descriptor, 0x84, 8);
        break;
    }
}

int main(int count, char **arguments) { return serve_socket(count, arguments); }
