// SPDX-License-Identifier: Apache-2.0
#include "include/baseline.h"

#include <openssl/evp.h>
#include <stdlib.h>

enum { KEY = 32, NONCE = 12, TAG = 16, ADDITIONAL = 64 };

struct baseline {
    EVP_CIPHER *algorithm;
    EVP_CIPHER_CTX *context;
    size_t length;
    unsigned char key[KEY];
    unsigned char nonce[NONCE];
    unsigned char additional[ADDITIONAL];
    unsigned char tag[TAG];
    unsigned char *plaintext;
    unsigned char *ciphertext;
};

baseline *baseline_new(size_t length) {
    baseline *it = calloc(1, sizeof *it);
    if (it == NULL) return NULL;
    it->algorithm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    it->context = EVP_CIPHER_CTX_new();
    it->length = length;
    it->plaintext = calloc(1, length);
    it->ciphertext = calloc(1, length);
    if (it->algorithm == NULL || it->context == NULL || it->plaintext == NULL || it->ciphertext == NULL) {
        baseline_free(it);
        return NULL;
    }
    for (size_t index = 0; index < KEY; index++) it->key[index] = (unsigned char)index;
    return it;
}

static int start(baseline *it, int seals) {
    int written;
    return EVP_CipherInit_ex2(it->context, it->algorithm, it->key, it->nonce, seals, NULL) == 1
        && EVP_CipherUpdate(it->context, NULL, &written, it->additional, ADDITIONAL) == 1;
}

int baseline_seal(baseline *it) {
    int written;
    unsigned char nothing;
    it->nonce[0]++;
    return start(it, 1) && EVP_CipherUpdate(it->context, it->ciphertext, &written, it->plaintext, (int)it->length) == 1
        && EVP_CipherFinal_ex(it->context, &nothing, &written) == 1
        && EVP_CIPHER_CTX_ctrl(it->context, EVP_CTRL_AEAD_GET_TAG, TAG, it->tag) == 1;
}

int baseline_open(baseline *it) {
    int written;
    unsigned char nothing;
    return start(it, 0) && EVP_CipherUpdate(it->context, it->plaintext, &written, it->ciphertext, (int)it->length) == 1
        && EVP_CIPHER_CTX_ctrl(it->context, EVP_CTRL_AEAD_SET_TAG, TAG, it->tag) == 1
        && EVP_CipherFinal_ex(it->context, &nothing, &written) == 1;
}

void baseline_free(baseline *it) {
    if (it == NULL) return;
    EVP_CIPHER_CTX_free(it->context);
    EVP_CIPHER_free(it->algorithm);
    free(it->plaintext);
    free(it->ciphertext);
    free(it);
}
